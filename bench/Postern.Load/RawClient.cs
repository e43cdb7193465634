using System.Net;
using System.Net.Sockets;

namespace Postern.Load;

/// <summary>One keep-alive HTTP/1.1 connection that sends ready-made requests: cheap, so that the load does not measure itself.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[64 * 1024];

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var client = new RawClient();
        await client.socket.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    /// <summary>Sends one request and reads its response to the end; returns the status.</summary>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        for (var sent = 0; sent < request.Length;)
        {
            sent += await socket.SendAsync(request[sent..]);
        }

        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (read == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            length += read;
            if (IsComplete(buffer.AsSpan(0, length)))
            {
                return (buffer[9] - '0') * 100 + (buffer[10] - '0') * 10 + (buffer[11] - '0');
            }
        }
    }

    public void Dispose() => socket.Dispose();

    // Enough of RFC 9112 for the servers under test: Content-Length, chunked with a closing empty chunk, or no body.
    private static bool IsComplete(ReadOnlySpan<byte> response)
    {
        var end = response.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var head = response[..(end + 2)];
        var body = response[(end + 4)..];
        var at = head.IndexOf("Content-Length: "u8);
        if (at >= 0)
        {
            var digits = head[(at + 16)..];
            var expected = int.Parse(digits[..digits.IndexOf((byte)'\r')], System.Globalization.CultureInfo.InvariantCulture);
            return body.Length >= expected;
        }

        return head.IndexOf("Transfer-Encoding: chunked"u8) < 0 || body.EndsWith("0\r\n\r\n"u8);
    }
}
