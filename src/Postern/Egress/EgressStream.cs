using System.Net;
using System.Net.Sockets;

namespace Postern.Egress;

/// <summary>
/// A guarded connection. It knows the request that uses it, also when the pool gives it to a later one: HTTP/1.1 requests
/// are written in their own flow.
/// </summary>
internal sealed class EgressStream(Socket socket, string address, SocketBound sockets) : NetworkStream(socket, ownsSocket: true)
{
    private static readonly AsyncLocal<EgressTrace?> current = new();

    private readonly IPAddress? peer = (socket.RemoteEndPoint as IPEndPoint)?.Address;

    private bool released;

    /// <summary>What was dialled, <c>192.0.2.1:443</c>.</summary>
    public string Address => address;

    /// <summary>The request that what follows in this flow is written for.</summary>
    public static EgressTrace? Current
    {
        set => current.Value = value;
    }

    /// <summary>What keeps the request of this flow from being written to an address; null: nothing.</summary>
    public static EgressException? FindObjection(string address, IPAddress? peer)
    {
        if (current.Value is not { } trace)
        {
            return null;
        }

        trace.Address = address;
        if (trace.Phase != EgressPhase.Securing)
        {
            trace.Reach(EgressPhase.Sent);
        }

        return peer is not null && trace.MayReach?.Invoke(peer) == false ? EgressException.Busy()
            : trace.MaySend?.Invoke() == false ? new EgressException(EgressFailure.Withdrawn, "The callback was taken back before it was sent.")
            : null;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        FindObjection(address, peer) is { } objection ? ValueTask.FromException(objection) : base.WriteAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);

        // By the finalizer too: a connection that nobody closed has closed its socket.
        if (!Interlocked.Exchange(ref released, true))
        {
            sockets.Release();
        }
    }
}
