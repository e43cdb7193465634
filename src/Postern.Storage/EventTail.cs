namespace Postern.Storage;

/// <summary>The end of the log as readers may see it, and who waits for it to move.</summary>
internal sealed class EventTail
{
    private readonly Lock gate = new();
    private TaskCompletionSource? waiters;
    private bool closed;
    private long last;

    public long Last => Volatile.Read(ref last);

    /// <summary>Shows the events up to <paramref name="sequence"/>. Who waits is woken by <see cref="Wake"/>.</summary>
    public void MoveTo(long sequence) => Volatile.Write(ref last, sequence);

    /// <summary>Wakes who waits. The end has moved before: whoever comes after this looks at the new one.</summary>
    public void Wake() => Take()?.SetResult();

    /// <summary>Completes as soon as the end is behind <paramref name="after"/>.</summary>
    public ValueTask WaitAsync(long after, CancellationToken cancellation)
    {
        if (Last > after)
        {
            return ValueTask.CompletedTask;
        }

        return WaitSlowlyAsync(after, cancellation);
    }

    /// <summary>Nothing comes any more: who waits is told so.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
        }

        Take()?.SetException(new ObjectDisposedException("The store"));
    }

    private async ValueTask WaitSlowlyAsync(long after, CancellationToken cancellation)
    {
        while (true)
        {
            Task moved;
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(closed, "The store");
                // The wait is registered before the end is looked at: a move between the two wakes it.
                waiters ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                moved = waiters.Task;
            }

            if (Last > after)
            {
                return;
            }

            await moved.WaitAsync(cancellation);
        }
    }

    private TaskCompletionSource? Take()
    {
        lock (gate)
        {
            var taken = waiters;
            waiters = null;
            return taken;
        }
    }
}
