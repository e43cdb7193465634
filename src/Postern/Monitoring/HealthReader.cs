using Postern.Model;
using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>Gathers what is known of a subscription's health, for its consumer and for the operator alike.</summary>
internal sealed class HealthReader(IStore store, FailingBoard failing, EndpointBoard endpoints, TimeProvider time)
{
    private const int MostDead = 1_000;

    public async Task<SubscriptionHealthReport> ReadAsync(Subscription subscription, CancellationToken cancellation)
    {
        // The board knows the last attempt; the store also those that were disabled.
        var fails = failing.Find(subscription.Number) ?? await store.ReadFailingAsync(subscription.Number, cancellation);
        var attempts = await store.ListAttemptsAsync(new AttemptQuery { Subscription = subscription.Number, Limit = 1 }, cancellation);
        var owed = await store.CountOwedAsync(subscription.Number, cancellation);
        var dead = await store.ListCallbacksAsync(
            new CallbackQuery { State = CallbackState.Dead, Subscription = subscription.Number, Limit = MostDead + 1 }, cancellation);
        var lane = endpoints.Find(EndpointName.Of(new Uri(subscription.Callback)));
        return new SubscriptionHealthReport
        {
            Subscription = subscription.Id,
            State = SubscriptionHealthReport.StateOf(subscription.State, fails is not null),
            Reason = subscription.Reason,
            DisabledBy = subscription.DisabledBy,
            FailingSince = fails?.Since,
            LastAttempt = attempts.Count == 0 ? null : LastAttempt.Of(attempts[0].Attempt),
            Owed = new BoundedCount(owed.Count, owed.More),
            Dead = new BoundedCount(Math.Min(dead.Count, MostDead), dead.Count > MostDead),
            NextAttempt = subscription.State == SubscriptionState.Active ? Next(owed.Next, time.GetUtcNow()) : null,
            Endpoint = lane is null ? null : LaneReport.Of(lane),
        };
    }

    // What the hub has came due in the past: it is sent as soon as its lane comes to it.
    private static DateTimeOffset? Next(DateTimeOffset? due, DateTimeOffset now) => due < now ? now : due;
}
