using Postern.Faults;
using Postern.Model;

namespace Postern.Storage.Sql.Writing;

/// <summary>Callbacks in an order: only the first of a subscription's order is owed outside, the others are held behind it.</summary>
internal static class OrderedCallbacks
{
    /// <summary>Puts a callback at the end of its order. True when it is the first, which is handed out.</summary>
    public static bool Append(WriteTransaction transaction, in DueCallback callback)
    {
        var first = !IsOwed(transaction, callback.Subscription, callback.Order);
        transaction.Prepare("INSERT INTO ordered (subscription, ord, id, event, since) VALUES (?, ?, ?, ?, ?)")
            .Bind(callback.Subscription).Bind(callback.Order).Bind(callback.Id).Bind(callback.Event).Bind(callback.Since).Run();
        return first;
    }

    public static bool IsOwed(WriteTransaction transaction, long subscription, long order)
    {
        using var rows = transaction.Prepare("SELECT 1 FROM ordered WHERE subscription = ? AND ord = ? LIMIT 1").Bind(subscription).Bind(order);
        return rows.Step();
    }

    /// <summary>The first one is settled: the next becomes fresh, and is returned for the hub.</summary>
    public static DueCallback? Release(WriteTransaction transaction, in DueCallback settled)
    {
        // One that stands here no more went with its subscription, and has no successor to let go.
        if (settled.Order == 0
            || transaction.Prepare("DELETE FROM ordered WHERE subscription = ? AND ord = ? AND id = ?")
                .Bind(settled.Subscription).Bind(settled.Order).Bind(settled.Id).Run() == 0)
        {
            return null;
        }

        CrashPoint.Reach(CrashPoints.ReleaseAfterRemoval);
        using var rows = transaction.Prepare("SELECT id, event, since FROM ordered WHERE subscription = ? AND ord = ? ORDER BY id LIMIT 1")
            .Bind(settled.Subscription).Bind(settled.Order);
        if (!rows.Step())
        {
            return null;
        }

        // Its time budget begins now: waiting behind another was no attempt of its own.
        var next = new DueCallback(rows.Number(0), rows.Number(1), settled.Subscription, Attempts: 0)
        {
            Since = transaction.Now.ToUnixTimeMilliseconds(),
            Order = settled.Order,
        };
        OwedCallbacks.HandOut(transaction, next);
        CrashPoint.Reach(CrashPoints.ReleaseAfterNext);
        return next;
    }

    /// <summary>
    /// Removes rows of a subscription that takes nothing any more, and returns how many. From the end: the first of an order, which is owed
    /// in another place and counted there, is the last to go.
    /// </summary>
    public static int RemoveLast(WriteTransaction transaction, long subscription, int limit)
    {
        if (limit <= 0 || FindLast(transaction, subscription, limit) is not var (order, id, held))
        {
            return 0;
        }

        transaction.Counters.Pending -= held;
        return transaction.Prepare("DELETE FROM ordered WHERE subscription = ? AND (ord, id) >= (?, ?)").Bind(subscription).Bind(order).Bind(id).Run();
    }

    /// <summary>Where the last rows begin, and how many of them are held behind others.</summary>
    private static (long Order, long Id, long Held)? FindLast(WriteTransaction transaction, long subscription, int limit)
    {
        using var rows = transaction.Prepare(
            """
            SELECT ord, id, sum(CASE WHEN id > (SELECT min(first.id) FROM ordered first WHERE first.subscription = ?1 AND first.ord = last.ord) THEN 1 ELSE 0 END) OVER ()
            FROM (SELECT ord, id FROM ordered WHERE subscription = ?1 ORDER BY ord DESC, id DESC LIMIT ?2) last
            ORDER BY ord, id LIMIT 1
            """).Bind(subscription).Bind(limit);
        return rows.Step() ? (rows.Number(0), rows.Number(1), rows.Number(2)) : null;
    }
}
