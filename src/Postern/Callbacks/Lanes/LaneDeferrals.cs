using System.Threading.Channels;
using Postern.Faults;
using Postern.Leading;
using Postern.Model;
using Postern.Ports;

namespace Postern.Callbacks.Lanes;

/// <summary>Gives callbacks that memory has no room for their place on disk, many in one commit.</summary>
internal sealed class LaneDeferrals(IStore store, StoreRetry retry, HandedOut handedOut, TimeProvider time)
{
    private const int Batch = 2_048;

    /// <summary>Whoever can wait waits while so many have no place yet.</summary>
    private const int Most = 16_384;

    private readonly Channel<(int Queue, string Endpoint, string Consumer, DueCallback Callback)> asked =
        Channel.CreateUnbounded<(int, string, string, DueCallback)>(new UnboundedChannelOptions { SingleReader = true });

    private volatile TaskCompletionSource progress = NewSignal();
    private int outstanding;

    public int Outstanding => Volatile.Read(ref outstanding);

    public void Add(int queue, string endpoint, string consumer, in DueCallback callback)
    {
        Interlocked.Increment(ref outstanding);
        asked.Writer.TryWrite((queue, endpoint, consumer, callback with { Queue = queue }));
    }

    /// <summary>Returns when there are not too many.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var next = progress.Task;
            if (Outstanding <= Most)
            {
                return;
            }

            await next.WaitAsync(cancellation);
        }
    }

    /// <param name="arm">Told of each queue that has a backlog now.</param>
    public async Task RunAsync(Action<QueueBacklog> arm, CancellationToken cancellation)
    {
        var batch = new List<DueCallback>();
        var queues = new Dictionary<int, QueueBacklog>();
        while (await asked.Reader.WaitToReadAsync(cancellation))
        {
            while (batch.Count < Batch && asked.Reader.TryRead(out var next))
            {
                batch.Add(next.Callback);
                queues.TryAdd(next.Queue, new QueueBacklog(next.Queue, next.Endpoint, next.Consumer, time.GetUtcNow()));
            }

            CrashPoint.Reach(CrashPoints.DeferBeforeCommit);
            await retry.RunAsync(
                "put callbacks back", static (ask, stop) => ask.store.DeferAsync(ask.batch, stop), (store, batch), cancellation);
            CrashPoint.Reach(CrashPoints.DeferAfterCommit);
            foreach (var callback in batch)
            {
                handedOut.Settle(callback.Id);
            }

            foreach (var queue in queues.Values)
            {
                arm(queue);
            }

            Interlocked.Add(ref outstanding, -batch.Count);
            Interlocked.Exchange(ref progress, NewSignal()).TrySetResult();
            batch = [];
            queues.Clear();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
