using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Leading;
using Postern.Model;
using Postern.Monitoring;
using Postern.Ports;

namespace Postern.Callbacks.Health;

/// <summary>
/// Judges each attempt, so that what changes about its subscription's health is committed with it. The board of those that fail is
/// in memory; a subscription that is well costs nothing.
/// </summary>
internal sealed class SubscriptionHealth : IDisposable
{
    private const int Page = 1_000;

    private readonly IStore store;
    private readonly StoreRetry retry;
    private readonly FailingBoard board;
    private readonly LiveConfiguration live;
    private readonly TimeProvider time;
    private readonly PosternMeter meter;
    private readonly ILogger<SubscriptionHealth> logger;

    // Changes of one subscription's health come one after the other, in the store and on the board. Different ones rarely share a turn.
    private readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, 1024).Select(static _ => new SemaphoreSlim(1, 1))];

    public SubscriptionHealth(
        IStore store, StoreRetry retry, FailingBoard board, LiveConfiguration live, TimeProvider time, PosternMeter meter, ILogger<SubscriptionHealth> logger)
    {
        (this.store, this.retry, this.board, this.live, this.time, this.meter, this.logger) = (store, retry, board, live, time, meter, logger);
        store.SubscriptionChanged += Follow;
    }

    /// <summary>Reads what the store knows. Before the first attempt.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        var after = 0L;
        while (await ReadAsync(after, cancellation) is { Count: > 0 } page)
        {
            foreach (var (subscription, failing) in page)
            {
                board.Set(subscription, failing);
            }

            after = page[^1].Subscription;
        }
    }

    /// <summary>Completes a result with what it changes and what is announced of it. Record the result, then call <see cref="HealthTurn.Recorded"/>, then dispose.</summary>
    public async ValueTask<HealthTurn> JudgeAsync(CallbackResult result, SubscriptionEntry subscription, Event @event)
    {
        var number = result.Callback.Subscription;
        var configuration = live.Current;
        var before = board.Find(number);
        var verdict = result.Attempt is { } made ? HealthRule.Judge(before, made, configuration.Callbacks) : default;
        if (verdict.Change is null)
        {
            return new HealthTurn(this, null, subscription, before, verdict, HealthNews.Complete(result, verdict, before, subscription.Current!, @event, configuration, time.GetUtcNow()));
        }

        var turn = turns[(uint)number.GetHashCode() % (uint)turns.Length];
        // Not cancelled by a stop: the attempt has been made, and whoever has the turn ends by then.
        await turn.WaitAsync(CancellationToken.None);

        // Whoever had the turn before may have changed it, or have ended the subscription: that one's health is settled.
        before = board.Find(number);
        verdict = HasEnded(subscription) ? default : HealthRule.Judge(before, result.Attempt!, configuration.Callbacks);
        return new HealthTurn(this, turn, subscription, before, verdict, HealthNews.Complete(result, verdict, before, subscription.Current!, @event, configuration, time.GetUtcNow()));
    }

    public void Dispose() => store.SubscriptionChanged -= Follow;

    /// <summary>Brings the board to what is on disk now.</summary>
    /// <param name="version">Of the subscription when the attempt was judged.</param>
    internal void Apply(CallbackResult result, SubscriptionEntry subscription, int version, Failing? before, HealthVerdict verdict)
    {
        var number = result.Callback.Subscription;
        switch (verdict.Change)
        {
            // A change of the subscription came between: whether it still counts shows at the next attempt.
            case HealthChange.Fails when subscription.Current?.Version == version && !subscription.IsRemoved:
                board.Set(number, verdict.After!);
                break;
            case HealthChange.Recovered:
                board.Remove(number);
                break;
            case HealthChange.Disabled disabled:
                board.Remove(number);
                meter.SubscriptionsDisabled.Add(1, PosternMeter.ByGateway);
                CallbacksLog.Disabled(logger, subscription.Current!.Id, disabled.Failing.Since, disabled.Failing.Error);
                break;
            case null or HealthChange.StillFails when before is not null && verdict.After is { } after:
                board.Replace(number, before, after);
                break;
        }
    }

    private static bool HasEnded(SubscriptionEntry subscription) =>
        subscription.IsRemoved || subscription.Current is { State: SubscriptionState.Disabled or SubscriptionState.Gone };

    // On the store's thread, in the order of commits.
    private void Follow(SubscriptionChange change)
    {
        if (change.Removed || change.StartsAfresh || change.Subscription.State is SubscriptionState.Disabled or SubscriptionState.Gone)
        {
            board.Remove(change.Subscription.Number);
        }
    }

    private ValueTask<IReadOnlyList<FailingSubscription>> ReadAsync(long after, CancellationToken cancellation) => retry.RunAsync(
        "read which subscriptions fail", static (ask, stop) => ask.store.ListFailingAsync(ask.after, Page, stop), (store, after), cancellation);
}

/// <summary>One result, judged. While it is held, no other result changes the health of its subscription where this one does.</summary>
internal readonly struct HealthTurn(
    SubscriptionHealth health, SemaphoreSlim? turn, SubscriptionEntry subscription, Failing? before, HealthVerdict verdict, CallbackResult result) : IDisposable
{
    private readonly int version = subscription.Current!.Version;

    /// <summary>What to record.</summary>
    public CallbackResult Result => result;

    /// <summary>It is on disk.</summary>
    public void Recorded() => health.Apply(result, subscription, version, before, verdict);

    public void Dispose() => turn?.Release();
}
