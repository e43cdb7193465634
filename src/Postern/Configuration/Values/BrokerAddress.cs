using Postern.Configuration.Shapes;

namespace Postern.Configuration.Values;

/// <summary>Where a broker is, as the AMQP URI specification of RabbitMQ writes it.</summary>
/// <param name="VirtualHost"><c>/</c> where none is named.</param>
public sealed record BrokerAddress(bool Tls, string Host, int Port, string VirtualHost, string? Username, string? Password)
{
    private const int PlainPort = 5672;
    private const int TlsPort = 5671;

    /// <exception cref="FormatException">It is none; the configuration was not checked.</exception>
    public static BrokerAddress Of(string text) => TryRead(text, out var address) ? address : throw new FormatException("Not the address of a broker.");

    /// <summary>A hub: <c>embedded</c> or the address of a broker.</summary>
    internal static Parsed<string> Hub(string text) => text == HubConfiguration.Embedded || TryRead(text, out _)
        ? text
        : Parsed.No<string>("is not a hub: write embedded, or the address of a RabbitMQ broker, amqps://HOST or amqp://HOST:PORT/VHOST, with USER:PASSWORD@ before the host if you like.");

    private static bool TryRead(string text, out BrokerAddress address)
    {
        address = null!;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.IdnHost.Length == 0
            || uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.Segments.Length > 2)
        {
            return false;
        }

        var tls = uri.Scheme == "amqps";
        var user = uri.UserInfo.Split(':', 2);
        address = new BrokerAddress(
            tls, uri.IdnHost, uri.IsDefaultPort || uri.Port < 0 ? (tls ? TlsPort : PlainPort) : uri.Port,
            uri.AbsolutePath.Length <= 1 ? "/" : Uri.UnescapeDataString(uri.AbsolutePath[1..]),
            uri.UserInfo.Length == 0 ? null : Uri.UnescapeDataString(user[0]), user.Length < 2 ? null : Uri.UnescapeDataString(user[1]));
        return true;
    }
}
