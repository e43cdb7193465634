using Postern.Model;
using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>Reads callbacks from the backlogs when their time has come, and gives them to the hub. Sleeps exactly until the next one.</summary>
internal sealed class DueTimer(IStore store, IHub hub, StoreRetry retry, TimeProvider time)
{
    private const int Page = 10_000;

    // The clock may be set, and no timer notices: it is looked at again.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);

    private readonly Lock gate = new();
    private HashSet<DueCallback> published = [];
    private DateTimeOffset next = DateTimeOffset.MinValue;
    private TaskCompletionSource sooner = NewSignal();

    /// <summary>Something is due at this time: wakes not later than then, and at once for a time that has passed.</summary>
    public void Arm(DateTimeOffset due)
    {
        lock (gate)
        {
            if (due < next)
            {
                next = due;
                sooner.TrySetResult();
            }
        }
    }

    /// <summary>The time that is so far from now.</summary>
    public DateTimeOffset In(TimeSpan wait) => time.GetUtcNow() + wait;

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            // From here on every Arm counts: what is recorded during the claim may be missing in it.
            lock (gate)
            {
                next = DateTimeOffset.MaxValue;
                sooner = NewSignal();
            }

            var (found, following) = await retry.RunAsync(
                "read what is due", static (ask, stop) => ask.timer.ReadDueAsync(ask.Now, stop), (timer: this, Now: time.GetUtcNow()), cancellation);
            await hub.PublishAsync(found, cancellation);
            await SleepAsync(following, idle: found.Count == 0, cancellation);
        }
    }

    /// <summary>What has come due and was not published before. A row stays in its backlog until its result.</summary>
    private async ValueTask<(IReadOnlyList<DueCallback> Found, DateTimeOffset? Next)> ReadDueAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var seen = new HashSet<DueCallback>();
        var found = new List<DueCallback>();
        DateTimeOffset? following = null;
        foreach (var queue in await store.ReadQueuesAsync(0, int.MaxValue, cancellation))
        {
            var backlog = await store.ReadBacklogAsync(queue.Queue, now, Page, cancellation);
            found.AddRange(backlog.Callbacks.Where(callback => seen.Add(callback) && !published.Contains(callback)));
            following = backlog.Next is { } time && !(following <= time) ? time : following;
        }

        published = seen;
        return (found, following);
    }

    /// <param name="stored">When the store says that the next one is due.</param>
    /// <param name="idle">Nothing was due just now: whoever says that something is, is asked again a moment later, not at once.</param>
    private async Task SleepAsync(DateTimeOffset? stored, bool idle, CancellationToken cancellation)
    {
        while (true)
        {
            TimeSpan wait;
            Task signal;
            lock (gate)
            {
                next = stored < next ? stored.Value : next;
                wait = next - time.GetUtcNow();
                sooner = sooner.Task.IsCompleted ? NewSignal() : sooner;
                signal = sooner.Task;
            }

            if (wait <= TimeSpan.Zero && !idle)
            {
                return;
            }

            wait = wait < ShortestSleep ? ShortestSleep : wait > LongestSleep ? LongestSleep : wait;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var sleep = Task.Delay(wait, time, stop.Token);
            var woken = await Task.WhenAny(sleep, signal);
            await stop.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
            if (woken == sleep && wait < LongestSleep)
            {
                return;
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
