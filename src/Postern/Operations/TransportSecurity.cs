using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Postern.Operations;

/// <summary><c>Strict-Transport-Security</c> (RFC 6797).</summary>
internal static class TransportSecurity
{
    private const string Local = "localhost";

    /// <summary>Adds the field, where one may be said and none is there. Null: there is nothing to say.</summary>
    public static void Announce(HttpContext context, string? field)
    {
        // §7.2: over TLS alone. A field that the API sent stays the only one (§6.1).
        if (field is not null && context.Request.IsHttps && !IsLocal(context.Request.Host) && StringValues.IsNullOrEmpty(context.Response.Headers.StrictTransportSecurity))
        {
            context.Response.Headers.StrictTransportSecurity = field;
        }
    }

    // A browser would ask for TLS of every other program that somebody runs on the machine, whatever its port (§8.3).
    private static bool IsLocal(HostString host) =>
        host.Value is { } name && name.StartsWith(Local, StringComparison.OrdinalIgnoreCase) && (name.Length == Local.Length || name[Local.Length] == ':');
}
