namespace Postern.Egress;

/// <summary>Counts the sockets that callbacks have open. A process that opens its last file descriptor dies of it.</summary>
internal sealed class SocketBound(int most)
{
    private int open;

    /// <summary>
    /// Seven eighths of them are open: from now on a connection is not kept for the next callback. Attempts need an eighth at most
    /// (<see cref="Callbacks.Lanes.EndpointLanes.AttemptsWith"/>). Earlier would be dear: a hundred endpoints that are worked off would
    /// make a new connection for every third callback.
    /// </summary>
    public bool IsTight => Volatile.Read(ref open) >= most - (most / 8);

    /// <exception cref="EgressException">There is none left.</exception>
    public void Take()
    {
        if (Interlocked.Increment(ref open) > most)
        {
            Release();
            throw new EgressException(EgressFailure.Shortage, "The gateway has as many connections open as it may.");
        }
    }

    public void Release() => Interlocked.Decrement(ref open);
}
