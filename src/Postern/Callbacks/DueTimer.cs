using Postern.Model;
using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>Takes callbacks from the store when their time has come, and gives them to the hub. Sleeps exactly until the next one.</summary>
internal sealed class DueTimer(IStore store, IHub hub, StoreRetry retry, TimeProvider time)
{
    private const int Page = 1000;

    // The clock may be set, and no timer notices: it is looked at again.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);

    private readonly Lock gate = new();
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

            var claim = await retry.RunAsync(
                "take callbacks that are due", static (ask, stop) => ask.store.ClaimDueAsync(ask.Now, Page, stop), (store, Now: time.GetUtcNow()), cancellation);
            await hub.PublishAsync(claim.Callbacks, cancellation);
            if (claim.Callbacks.Count == Page)
            {
                continue;
            }

            await SleepAsync(claim.Next, idle: claim.Callbacks.Count == 0, cancellation);
        }
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
