using System.Net;
using System.Net.Sockets;

namespace Postern.Tests.Storage.PostgreSql;

/// <summary>
/// Stands before a server, and swallows its answer to one <c>COMMIT</c> in five: the server has committed, and whoever asked does not hear of it.
/// </summary>
internal sealed class AnswerSwallower : IAsyncDisposable
{
    private const int OneIn = 5;

    private readonly TcpListener listener;
    private readonly int server;
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;

    // By chance, so that it keeps step with nothing: it is the same chance in each run.
    private readonly Random random = new(1);

    public AnswerSwallower(int server)
    {
        this.server = server;
        Port = FreePort.Next();
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>From then on; before it passes everything.</summary>
    public bool Swallows { get; set; }

    /// <summary>Answers that nobody got.</summary>
    public int Swallowed { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await accepting;
        listener.Dispose();
        stop.Dispose();
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
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var near = client;
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        var cuts = false;
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, server, stop.Token);
            await Task.WhenAny(
                PassAsync(near, far, bytes => cuts |= bytes.Span.IndexOf("COMMIT"u8) >= 0 && Cuts()),
                PassAsync(far, near, _ =>
                {
                    // The answer is here: what it says has happened.
                    Swallowed += cuts ? 1 : 0;
                    return cuts ? throw new OperationCanceledException() : true;
                }));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // One of the two has gone, or the test is over.
        }
    }

    private bool Cuts()
    {
        lock (random)
        {
            return Swallows && random.Next(OneIn) == 0;
        }
    }

    private async Task PassAsync(Socket from, Socket to, Func<ReadOnlyMemory<byte>, bool> look)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, stop.Token) is > 0 and var count)
        {
            look(buffer.AsMemory(0, count));
            await to.SendAsync(buffer.AsMemory(0, count), stop.Token);
        }
    }
}
