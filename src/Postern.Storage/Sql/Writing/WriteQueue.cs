namespace Postern.Storage.Sql.Writing;

/// <summary>What waits for the next commit. No timer: a commit takes everything that came while the last one ran.</summary>
internal sealed class WriteQueue
{
    // An object and not a Lock: Monitor.Wait parks the writer's thread until something comes.
    private readonly object gate = new();
    private List<WriteOperation> waiting = [];
    private bool closed;
    private bool woken;

    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public void Add(WriteOperation operation)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, "The store");
            waiting.Add(operation);
            if (waiting.Count == 1)
            {
                Monitor.Pulse(gate);
            }
        }
    }

    /// <summary>Lets the writer look at something else than what is queued.</summary>
    public void Wake()
    {
        lock (gate)
        {
            woken = true;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>
    /// Waits until something comes, and exchanges the list for <paramref name="empty"/>. The list is empty when the time is
    /// over, or it was woken; null when the queue is closed and everything has been taken.
    /// </summary>
    public List<WriteOperation>? Take(List<WriteOperation> empty, TimeSpan timeout)
    {
        lock (gate)
        {
            while (waiting.Count == 0 && !woken)
            {
                if (closed)
                {
                    return null;
                }

                if (!Monitor.Wait(gate, timeout))
                {
                    break;
                }
            }

            woken = false;
            (var taken, waiting) = (waiting, empty);
            return taken;
        }
    }

    public void Close()
    {
        lock (gate)
        {
            closed = true;
            Monitor.PulseAll(gate);
        }
    }
}
