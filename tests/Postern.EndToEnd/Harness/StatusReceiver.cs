using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postern.EndToEnd.Harness;

/// <summary>
/// Answers a callback to <c>/203</c> with status 203, whatever number that is, byte by byte as given: no server library would. Each
/// status has a loopback address of its own, and so is an endpoint of its own: what one answers does not close the lane of another.
/// </summary>
internal sealed class StatusReceiver : IAsyncDisposable
{
    private readonly List<TcpListener> listeners = [];
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, int> calls = new(StringComparer.Ordinal);
    private readonly int port = FreePort.Next();
    private readonly Task accepting;

    public StatusReceiver(IEnumerable<int> statuses)
    {
        foreach (var status in statuses)
        {
            var listener = new TcpListener(Address(status), port);
            listener.Start();
            listeners.Add(listener);
        }

        accepting = Task.WhenAll(listeners.Select(AcceptAsync));
    }

    public string UrlOf(int status) => $"http://{Address(status)}:{port}/{status}";

    /// <summary>Callbacks by path.</summary>
    public IReadOnlyDictionary<string, int> Calls => calls;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listeners.ForEach(listener => listener.Stop());
        await accepting;
        stop.Dispose();
    }

    private static IPAddress Address(int status) => new([127, 1, (byte)(status / 100), (byte)(status % 100 + 1)]);

    private async Task AcceptAsync(TcpListener listener)
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
