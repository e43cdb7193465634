using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postern.Egress;

/// <summary>
/// The operator's own proxy (<c>egress.proxy</c>): it is asked to connect to the address that was judged, never to a name
/// (HTTP CONNECT, RFC 9110 §9.3.6). TLS goes through it from end to end.
/// </summary>
internal sealed class EgressProxy
{
    private const int MaxAnswer = 8 * 1024;
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    private readonly string host;
    private readonly int port;
    private readonly string? authorization;

    /// <param name="address"><c>http://proxy.internal:3128</c>, with user name and password before the host where it asks for them.</param>
    public EgressProxy(string address)
    {
        var uri = new Uri(address);
        (host, port) = (uri.IdnHost.Trim('[', ']'), uri.Port);
        authorization = uri.UserInfo.Length == 0 ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(uri.UserInfo)));
    }

    /// <summary>Connects a socket through the proxy.</summary>
    /// <param name="names">Finds the proxy: its address is the operator's word and not judged.</param>
    /// <returns>The socket; what is sent on it now reaches the endpoint.</returns>
    /// <exception cref="EgressException">The proxy cannot be reached, or does not connect.</exception>
    public async Task<Socket> ConnectAsync(IPEndPoint endpoint, NameResolver names, CancellationToken cancellation)
    {
        Socket? socket = null;
        try
        {
            var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await names.ResolveAsync(host, static () => { }, cancellation);
            socket = new Socket(addresses[0].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(addresses[0], port), cancellation);
            await SendAllAsync(socket, Encoding.ASCII.GetBytes(Request(endpoint)), cancellation);
            var status = await ReadStatusAsync(socket, cancellation);
            return status is >= 200 and < 300
                ? socket
                : throw new EgressException(EgressFailure.Proxy, string.Create(CultureInfo.InvariantCulture, $"The gateway's egress proxy does not connect: it answered {status:000}."));
        }
        catch (Exception exception)
        {
            socket?.Dispose();
            throw exception is SocketException unreachable
                ? new EgressException(EgressFailure.Proxy, "The gateway's egress proxy cannot be reached: " + unreachable.SocketErrorCode, unreachable)
                : exception is EgressException or OperationCanceledException ? exception
                : new EgressException(EgressFailure.Proxy, "The gateway's egress proxy does not answer as one.", exception);
        }
    }

    private string Request(IPEndPoint endpoint) =>
        $"CONNECT {endpoint} HTTP/1.1\r\nHost: {endpoint}\r\n{(authorization is null ? "" : $"Proxy-Authorization: {authorization}\r\n")}\r\n";

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancellation)..];
        }
    }

    // Byte for byte: what follows the head is the receiver's.
    private static async Task<int> ReadStatusAsync(Socket socket, CancellationToken cancellation)
    {
        var head = new byte[MaxAnswer];
        for (var length = 0; length < MaxAnswer; length++)
        {
            if (await socket.ReceiveAsync(head.AsMemory(length, 1), cancellation) == 0)
            {
                break;
            }

            if (head.AsSpan(0, length + 1).EndsWith(EndOfHead))
            {
                return StatusOf(head);
            }
        }

        throw new EgressException(EgressFailure.Proxy, "The gateway's egress proxy does not answer as one.");
    }

    private static int StatusOf(ReadOnlySpan<byte> head) =>
        head.StartsWith("HTTP/1."u8) && int.TryParse(Encoding.ASCII.GetString(head.Slice(9, 3)), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? status
            : throw new EgressException(EgressFailure.Proxy, "The gateway's egress proxy does not answer as one.");
}
