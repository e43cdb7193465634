using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postern.Tests.Gateway;

/// <summary>A socket behind the gateway that records every byte it gets and answers each connection with the bytes it was given.</summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly byte[] answer;
    private readonly ConcurrentQueue<StringBuilder> connections = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;

    public RawUpstream(string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    {
        this.answer = Encoding.Latin1.GetBytes(answer);
        Port = FreePort.Next();
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>What each connection sent.</summary>
    public IReadOnlyList<string> Received => [.. connections.Select(static connection => Text(connection)).Where(static text => text.Length > 0)];

    /// <summary>The one request that came.</summary>
    public string Request => Assert.Single(Received);

    /// <summary>The header lines of the one request with this name.</summary>
    public string[] Header(string name) =>
        [.. Request.Split("\r\n\r\n")[0].Split("\r\n").Skip(1)
            .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim())];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await accepting;
        listener.Dispose();
        stop.Dispose();
    }

    private static string Text(StringBuilder builder)
    {
        lock (builder)
        {
            return builder.ToString();
        }
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await listener.AcceptSocketAsync(stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var owned = socket;
        var received = new StringBuilder();
        connections.Enqueue(received);
        var buffer = new byte[64 * 1024];
        var answered = false;
        try
        {
            while (await socket.ReceiveAsync(buffer, stop.Token) is > 0 and var count)
            {
                lock (received)
                {
                    received.Append(Encoding.Latin1.GetString(buffer, 0, count));
                }

                if (!answered && IsWhole(Text(received)))
                {
                    answered = true;
                    await socket.SendAsync(answer, stop.Token);
                    socket.Shutdown(SocketShutdown.Send);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
        }
    }

    private static bool IsWhole(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        var head = text[..end];
        if (head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            return text.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
        }

        var length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return length is null || text.Length - end - 4 >= long.Parse(length.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
