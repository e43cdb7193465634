using Postern.Faults;
using Postern.Model;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql.Writing;

/// <summary>Makes parked callbacks of a resumed subscription due now, a bounded number in each commit. True when there may be more.</summary>
internal sealed class UnparkCallbacks(long subscription, CancellationToken cancellation) : WriteOperation<bool>(cancellation)
{
    private const int Step = 5_000;

    protected override bool Change(WriteTransaction transaction)
    {
        // Paused again meanwhile: what is still parked stays so.
        if (SubscriptionRows.Read(transaction.Connection, subscription) is not { State: SubscriptionState.Active } active || !Move(transaction, active, out var more))
        {
            return false;
        }

        // Whoever works on its queue looks at its backlog again.
        transaction.Changed(active);
        return more;
    }

    /// <summary>The first step, in the commit that resumes the subscription.</summary>
    public static void Begin(WriteTransaction transaction, Subscription resumed)
    {
        Move(transaction, resumed, out var more);
        if (more)
        {
            transaction.Resumed(resumed.Number);
        }
    }

    private static bool Move(WriteTransaction transaction, Subscription subscription, out bool more)
    {
        more = false;
        if (FindLast(transaction, subscription.Number) is not { } last)
        {
            return false;
        }

        var moved = transaction.Prepare(
            """
            INSERT INTO backlog (queue, due, id, event, subscription, attempts, since, ord)
            SELECT ?, ?, id, event, subscription, attempts, since, ord FROM kept WHERE subscription = ? AND state = 1 AND id <= ?
            """)
            .Bind(subscription.Queue).Bind(transaction.Now.ToUnixTimeMilliseconds()).Bind(subscription.Number).Bind(last).Run();
        CrashPoint.Reach(CrashPoints.UnparkBetweenTables);
        transaction.Prepare("DELETE FROM kept WHERE subscription = ? AND state = 1 AND id <= ?").Bind(subscription.Number).Bind(last).Run();
        more = moved == Step;
        return true;
    }

    private static long? FindLast(WriteTransaction transaction, long subscription)
    {
        using var rows = transaction.Prepare(
            "SELECT max(id) FROM (SELECT id FROM kept WHERE subscription = ? AND state = 1 ORDER BY id LIMIT ?) first").Bind(subscription).Bind(Step);
        return rows.Step() ? rows.OptionalNumber(0) : null;
    }
}
