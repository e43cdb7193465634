using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Postern.Egress;

namespace Postern.Tests.Callbacks;

internal static class TestResolver
{
    /// <summary>Every name is 127.0.0.1, once <paramref name="wait"/> has completed.</summary>
    public static void Resolve(this IServiceCollection services, Func<Task> wait) =>
        services.AddSingleton<ResolveAddresses>(async (_, _) =>
        {
            await wait();
            return [IPAddress.Loopback];
        });
}
