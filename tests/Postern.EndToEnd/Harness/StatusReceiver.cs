using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postern.EndToEnd.Harness;

/// <summary>Answers a callback to <c>/203</c> with status 203, whatever number that is, byte by byte as given: no server library would.</summary>
internal sealed class StatusReceiver : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, int> calls = new(StringComparer.Ordinal);
    private readonly Task accepting;

    public StatusReceiver()
    {
        listener = new TcpListener(IPAddress.Loopback, FreePort.Next());
        listener.Start(backlog: 1000);
        Url = $"http://{listener.LocalEndpoint}";
        accepting = AcceptAsync();
    }

    public string Url { get; }

    /// <summary>Callbacks by path.</summary>
    public IReadOnlyDictionary<string, int> Calls => calls;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await listener.AcceptTcpClientAsync(stop.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var path = await ReadRequestAsync(stream);
                calls.AddOrUpdate(path, 1, (_, count) => count + 1);
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {path[1..]} Status\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"), stop.Token);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
            }
        }
    }

    /// <summary>Reads a request with its body; its path.</summary>
    private async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), stop.Token);
            if (read == 0)
            {
                throw new IOException("The connection was closed within a request.");
            }

            length += read;
            var text = Encoding.ASCII.GetString(buffer, 0, length);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0 && length >= end + 4 + BodyLength(text[..end]))
            {
                return text.Split(' ')[1];
            }
        }
    }

    private static int BodyLength(string head) =>
        head.Split("\r\n").Select(line => line.Split(": ")).Where(field => field[0].Equals("content-length", StringComparison.OrdinalIgnoreCase))
            .Select(field => int.Parse(field[1], System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault();
}
