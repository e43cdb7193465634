using Postern.Model;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>Gathers what is known of a subscription's health, for its consumer and for the operator alike.</summary>
internal sealed class HealthReader(IStore store, FailingBoard failing, EndpointBoard endpoints, TimeProvider time)
{
    private const int MostDead = 100;

    // Rows of each place where something may be owed: milliseconds.
    private const int MostLooked = 10_000;

    public async Task<SubscriptionHealthReport> ReadAsync(Subscription subscription, CancellationToken cancellation)
    {
        // The board knows the last attempt; the store also those that were disabled.
        var fails = failing.Find(subscription.Number) ?? await store.ReadFailingAsync(subscription.Number, cancellation);
        var attempts = await store.ListAttemptsAsync(new AttemptQuery { Subscription = subscription.Number, Limit = 1 }, cancellation);
        var owed = await store.CountOwedAsync(subscription.Number, subscription.Queue, MostLooked, cancellation);
        var dead = await store.ListCallbacksAsync(
            new CallbackQuery { State = CallbackState.Dead, Subscription = subscription.Number, Limit = MostDead }, cancellation);
        var lane = endpoints.Find(EndpointName.Of(new Uri(subscription.Callback)));
        return new SubscriptionHealthReport
        {
            Subscription = subscription.Id,
            State = SubscriptionHealthReport.StateOf(subscription.State, fails is not null),
            Reason = subscription.Reason,
            DisabledBy = subscription.DisabledBy,
            FailingSince = fails?.Since,
            Verification = ProofView.Of(subscription),
            LastAttempt = attempts.Count == 0 ? null : LastAttempt.Of(attempts[0].Attempt),
            Owed = new BoundedCount(owed.Count, More: !owed.IsExact),
            Dead = new BoundedCount(dead.Callbacks.Count, More: dead.Next is not null),
            NextAttempt = subscription.State == SubscriptionState.Active ? Next(owed, time.GetUtcNow(), lane?.NextProbe) : null,
            Endpoint = lane is null ? null : LaneReport.Of(lane),
        };
    }

    // What the hub has is sent as soon as its lane comes to it, and so is what came due in the past; where the breaker is open, not before its probe.
    private static DateTimeOffset? Next(OwedCount owed, DateTimeOffset now, DateTimeOffset? probe)
    {
        if (owed.Count == 0)
        {
            return null;
        }

        var due = owed.Earliest is { } earliest && earliest > now ? earliest : now;
        return probe > due ? probe : due;
    }
}
