using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Postern.Faults;
using Postern.Leading;
using Postern.Ports;

namespace Postern.Callbacks.Lanes;

/// <param name="Limit">Rows to ask for.</param>
internal readonly record struct LaneRead(LaneQueue Queue, int Limit);

/// <summary>Reads backlogs, a few at a time and first come first served: no lane takes the disk from the others.</summary>
internal sealed class LaneRefills(IStore store, StoreRetry retry, LaneHorizon horizon, TimeProvider time, ILogger<LaneRefills> logger)
{
    private const int AtOnce = 4;

    // A queue has one read at a time: no more entries than queues.
    private readonly Channel<LaneRead> asked = Channel.CreateUnbounded<LaneRead>();
    private int reads;

    /// <summary>Reads made since the start.</summary>
    public int Reads => Volatile.Read(ref reads);

    public void Ask(LaneRead read) => asked.Writer.TryWrite(read);

    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => ReadAsync(cancellation)));

    private async Task ReadAsync(CancellationToken cancellation)
    {
        await foreach (var read in asked.Reader.ReadAllAsync(cancellation))
        {
            Interlocked.Increment(ref reads);
            var found = await ReadAsync(read, cancellation);
            CrashPoint.Reach(CrashPoints.RefillAfterRead);
            read.Queue.Lane.EndRead(read.Queue, found);
        }
    }

    private async Task<Backlog?> ReadAsync(LaneRead read, CancellationToken cancellation)
    {
        try
        {
            var now = time.GetUtcNow();
            return await retry.RunAsync(
                "read a backlog", static (ask, stop) => ask.store.ReadBacklogAsync(ask.read.Queue.Number, ask.now, ask.Latest, ask.read.Limit, stop),
                (store, read, now, Latest: horizon.After(now)), cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // One backlog that cannot be read must not stop the others; its lane asks again.
            CallbacksLog.BacklogUnreadable(logger, read.Queue.Number, exception);
            return null;
        }
    }
}
