using Postern.Faults;
using Postern.Model;

namespace Postern.Storage.Sqlite.Writing;

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

    /// <summary>Removes what is held for a subscription that takes nothing any more. The first ones are dropped when they come up.</summary>
    public static void RemoveHeld(WriteTransaction transaction, long subscription)
    {
        transaction.Counters.Pending -= transaction.Prepare(
            """
            DELETE FROM ordered WHERE subscription = ?
              AND id > (SELECT min(first.id) FROM ordered first WHERE first.subscription = ordered.subscription AND first.ord = ordered.ord)
            """)
            .Bind(subscription).Run();
        transaction.Prepare("DELETE FROM ordered WHERE subscription = ?").Bind(subscription).Run();
    }
}
