using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postern.Tests.Egress;

/// <summary>A proxy that knows CONNECT alone.</summary>
internal sealed class TunnelProxy : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly string? refusal;
    private readonly Task accepting;

    /// <param name="refusal">Said in place of connecting, before it hangs up.</param>
    public TunnelProxy(string? refusal = null)
    {
        this.refusal = refusal;
        Port = FreePort.Next();
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>What it was asked for.</summary>
    public ConcurrentQueue<string> Heads { get; } = new();

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
                _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token));
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // Stopped: the listener throws one thing or another, as it happens to stand.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        try
        {
            var stream = near.GetStream();
            var head = "";
            var one = new byte[1];
            while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, stop.Token) > 0)
            {
                head += (char)one[0];
            }

            Heads.Enqueue(head);
            if (refusal is not null)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(refusal), stop.Token);
                return;
            }

            using var far = new TcpClient();
            await far.ConnectAsync(IPEndPoint.Parse(head.Split(' ')[1]), stop.Token);
            await stream.WriteAsync("HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n"u8.ToArray(), stop.Token);
            await Task.WhenAny(stream.CopyToAsync(far.GetStream(), stop.Token), far.GetStream().CopyToAsync(stream, stop.Token));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One end hung up, or the test is over.
        }
    }
}
