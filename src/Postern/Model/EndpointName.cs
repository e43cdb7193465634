using System.Globalization;

namespace Postern.Model;

/// <summary>Names of endpoints: scheme, host and port, <c>https://example.com:443</c>.</summary>
public static class EndpointName
{
    public static string Of(Uri destination)
    {
        var host = destination.HostNameType == UriHostNameType.IPv6 ? $"[{destination.IdnHost}]" : destination.IdnHost;
        return string.Create(CultureInfo.InvariantCulture, $"{destination.Scheme}://{host}:{destination.Port}");
    }
}
