using System.Net.Http.Headers;
using System.Reflection;

namespace Postern.Egress;

/// <summary>How the gateway names itself to somebody else's server.</summary>
internal static class EgressAgent
{
    public static ProductInfoHeaderValue Name { get; } = new("Postern", Version());

    private static string Version() =>
        typeof(EgressAgent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
