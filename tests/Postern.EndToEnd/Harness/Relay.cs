using System.Net;
using System.Net.Sockets;

namespace Postern.EndToEnd.Harness;

/// <summary>Takes connections at a port of one network and carries them to the same port of another one: the only way from here to there.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly IPEndPoint place;
    private readonly NetworkNamespace? to;
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    /// <param name="to">Null: the network of this process.</param>
    public Relay(int port, NetworkNamespace from, NetworkNamespace? to)
    {
        place = new IPEndPoint(IPAddress.Loopback, port);
        this.to = to;
        listener = from.Inside(() =>
        {
            var made = new TcpListener(place);
            made.Start();
            return made;
        });
        serving = listener.ServeAllAsync(ServeAsync, stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        listener.Dispose();
        stop.Dispose();
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private async Task ServeAsync(Socket socket)
    {
        using var near = new NetworkStream(socket, ownsSocket: true);
        var other = to is null ? NewSocket() : to.Inside(NewSocket);
        try
        {
            await other.ConnectAsync(place, stop.Token);
            await using var far = new NetworkStream(other);
            await await Task.WhenAny(near.CopyToAsync(far, stop.Token), far.CopyToAsync(near, stop.Token));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // One side hung up or is not there, or the scenario is over.
        }
        finally
        {
            other.Dispose();
        }
    }
}
