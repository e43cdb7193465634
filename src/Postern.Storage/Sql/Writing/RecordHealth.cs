using Postern.Model;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql.Writing;

/// <summary>What an attempt changed about its subscription's health, and what the gateway says about it.</summary>
internal static class RecordHealth
{
    public static void Apply(WriteTransaction transaction, CallbackResult result)
    {
        var subscription = result.Callback.Subscription;
        switch (result.Health)
        {
            case null:
                break;
            case HealthChange.Recovered:
                Forget(transaction, subscription);
                break;
            case HealthChange.StillFails still:
                Update(transaction, subscription, still.Failing);
                break;
            case HealthChange.Fails fails:
                // One that has ended meanwhile is not tried any more: it would fail for ever.
                if (SubscriptionRows.ReadState(transaction.Connection, subscription) is SubscriptionState.Active or SubscriptionState.Paused)
                {
                    Insert(transaction, subscription, fails.Failing);
                }

                break;
            case HealthChange.Disabled disabled:
                Disable(transaction, subscription, disabled);
                break;
            default:
                throw new InvalidOperationException($"There is no such change: {result.Health}.");
        }

        StageEvents.Announce(transaction, result.Announcements);
    }

    /// <summary>Nothing is known of its health any more.</summary>
    public static void Forget(WriteTransaction transaction, long subscription) =>
        transaction.Prepare("DELETE FROM health WHERE subscription = ?").Bind(subscription).Run();

    private static void Disable(WriteTransaction transaction, long subscription, HealthChange.Disabled disabled)
    {
        Update(transaction, subscription, disabled.Failing);
        if (SubscriptionRows.Read(transaction.Connection, subscription) is { State: SubscriptionState.Active or SubscriptionState.Paused } current)
        {
            StoredSubscription.Update(transaction, current, current with
            {
                State = SubscriptionState.Disabled, Reason = disabled.Reason, DisabledBy = DisabledBy.Gateway,
            });
        }
    }

    private static void Insert(WriteTransaction transaction, long subscription, Failing failing) =>
        Bind(transaction.Prepare(
            """
            INSERT INTO health (since, steady, last, counted, moments, announced, status, error, subscription)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """), failing).Bind(subscription).Run();

    private static void Update(WriteTransaction transaction, long subscription, Failing failing) =>
        Bind(transaction.Prepare(
            """
            UPDATE health SET since = ?, steady = ?, last = ?, counted = ?, moments = ?, announced = ?, status = ?, error = ?
            WHERE subscription = ?
            """), failing).Bind(subscription).Run();

    private static Statement Bind(Statement statement, Failing failing) => statement
        .Bind(failing.Since.ToUnixTimeMilliseconds())
        .Bind(failing.Steady.ToUnixTimeMilliseconds())
        .Bind(failing.Last.ToUnixTimeMilliseconds())
        .Bind(failing.Counted.ToUnixTimeMilliseconds())
        .Bind(failing.Moments)
        .Bind(failing.Announced ? 1 : 0)
        .Bind((long?)failing.Status)
        .Bind(failing.Error);
}
