using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Postern.Model;

namespace Postern.Ports;

/// <summary>
/// The hub of a single process: a channel, which wakes the consumer at once. It is bounded: when the consumer does not keep up,
/// publishers wait, and what is not published stays in the event log.
/// </summary>
public sealed class EmbeddedHub : IHub
{
    /// <summary>Callbacks; one batch may go beyond it.</summary>
    public const int Capacity = 65_536;

    private readonly Channel<IReadOnlyList<DueCallback>> batches =
        Channel.CreateUnbounded<IReadOnlyList<DueCallback>>(new UnboundedChannelOptions { SingleReader = true });

    // One publisher is in the door at a time; it stays shut while there is no room.
    private readonly SemaphoreSlim door = new(1, 1);
    private readonly Lock gate = new();
    private int waiting;
    private bool shut;
    private bool isBuilt;

    public bool MayRepeat => false;

    public HubOutage? Outage => null;

    public ValueTask ConnectAsync(bool consumes, CancellationToken cancellation) => ValueTask.CompletedTask;

    public async ValueTask<bool> PublishAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation)
    {
        if (callbacks.Count == 0)
        {
            return true;
        }

        await door.WaitAsync(cancellation);
        lock (gate)
        {
            batches.Writer.TryWrite(callbacks);
            waiting += callbacks.Count;
            shut = waiting >= Capacity;
            if (!shut)
            {
                door.Release();
            }
        }

        return true;
    }

    public ValueTask<bool> PublishAgainAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation) => PublishAsync(callbacks, cancellation);

    // It lives and dies with the process: there is nothing in it at start, and nothing is lost after that.
    public async ValueTask WaitForRebuildAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref isBuilt))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        }
    }

    public bool TryBeginRebuild() => !Interlocked.Exchange(ref isBuilt, true);

    public async IAsyncEnumerable<HubBatch> ConsumeAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var batch in batches.Reader.ReadAllAsync(cancellation))
        {
            // Room is made when the consumer has done with a batch and asks for the next.
            try
            {
                yield return new HubBatch(batch);
            }
            finally
            {
                MakeRoom(batch.Count);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        batches.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    private void MakeRoom(int taken)
    {
        lock (gate)
        {
            waiting -= taken;
            if (shut && waiting < Capacity)
            {
                shut = false;
                door.Release();
            }
        }
    }
}
