using Postern.Model;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql.Writing;

/// <summary>Callbacks as operations move them between the places where they are owed or kept, with the counters that go along.</summary>
internal static class OwedCallbacks
{
    /// <summary>Owes an event to a subscription. Returns the callback for the hub; null when it is held behind another in its order.</summary>
    public static DueCallback? Add(WriteTransaction transaction, long sequence, long subscription, long order)
    {
        var added = new DueCallback(++transaction.Counters.LastCallback, sequence, subscription, Attempts: 0)
        {
            Since = transaction.Now.ToUnixTimeMilliseconds(),
            Order = order,
        };
        transaction.Counters.Pending++;
        return Begin(transaction, added);
    }

    public static void HandOut(WriteTransaction transaction, in DueCallback callback) =>
        transaction.Prepare("INSERT INTO fresh (id, event, subscription, since, ord) VALUES (?, ?, ?, ?, ?)")
            .Bind(callback.Id).Bind(callback.Event).Bind(callback.Subscription).Bind(callback.Since).Bind(callback.Order).Post();

    /// <summary>Takes a callback from its place, to put it elsewhere. False when it is not there: another result has settled it.</summary>
    public static bool Take(WriteTransaction transaction, in DueCallback callback) => callback.Queue == 0
        ? transaction.Foresight?.Take(callback.Id) ?? transaction.Prepare("DELETE FROM fresh WHERE id = ?").Bind(callback.Id).Run() == 1
        : transaction.Prepare("DELETE FROM backlog WHERE queue = ? AND due = ? AND id = ?")
            .Bind(callback.Queue).Bind(callback.Due).Bind(callback.Id).Run() == 1;

    /// <summary>Takes a callback that its subscription took along to another queue while it was sent.</summary>
    public static bool TakeMoved(WriteTransaction transaction, in DueCallback callback) =>
        callback.Queue != 0 && transaction.Prepare(
            """
            DELETE FROM backlog WHERE due = ?1 AND id = ?2
              AND queue IN (SELECT queue FROM subscriptions WHERE number = ?3 UNION SELECT queue FROM moves WHERE subscription = ?3)
            """)
            .Bind(callback.Due).Bind(callback.Id).Bind(callback.Subscription).Run() == 1;

    /// <summary>Takes a callback away for good. False when another result has settled it.</summary>
    public static bool Remove(WriteTransaction transaction, in DueCallback callback)
    {
        if (!Take(transaction, callback))
        {
            return false;
        }

        transaction.Counters.Pending--;
        return true;
    }

    /// <summary>Puts a taken callback into the backlog of its subscription's queue; null when that does not exist: it is owed no more.</summary>
    /// <returns>The queue. Whoever asks may believe it to be another: the subscription may have changed since.</returns>
    public static int? Wait(WriteTransaction transaction, in DueCallback callback, DateTimeOffset due, int attempts)
    {
        if (StoredQueue.OfSubscription(transaction, callback.Subscription) is not { } number)
        {
            transaction.Counters.Pending--;
            return null;
        }

        transaction.Prepare("INSERT INTO backlog (queue, due, id, event, subscription, attempts, since, ord) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            .Bind(number).Bind(Milliseconds(due)).Bind(callback.Id).Bind(callback.Event).Bind(callback.Subscription)
            .Bind(attempts).Bind(callback.Since).Bind(callback.Order).Run();
        return number;
    }

    /// <summary>Those who work on a subscription's queue look at its backlog again.</summary>
    public static void Tell(WriteTransaction transaction, long subscription)
    {
        if (SubscriptionRows.Read(transaction.Connection, subscription) is { } moved)
        {
            transaction.Changed(moved);
        }
    }

    /// <summary>Keeps a taken callback as parked or dead.</summary>
    public static void Keep(WriteTransaction transaction, in DueCallback callback, CallbackState state, int attempts, string? reason)
    {
        transaction.Prepare("INSERT INTO kept (id, event, subscription, attempts, state, since, ord, reason, died) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .Bind(callback.Id).Bind(callback.Event).Bind(callback.Subscription).Bind(attempts)
            .Bind((int)state).Bind(callback.Since).Bind(callback.Order).Bind(reason)
            .Bind(state == CallbackState.Dead ? transaction.Now.ToUnixTimeMilliseconds() : (long?)null).Run();
        if (state == CallbackState.Dead)
        {
            transaction.Counters.Pending--;
            transaction.Counters.Dead++;
        }
    }

    /// <summary>A dead callback; null when it is not dead any more.</summary>
    public static DueCallback? FindDead(WriteTransaction transaction, long id)
    {
        var dead = CallbackRows.ReadDue(transaction.Prepare(
            "SELECT id, event, subscription, attempts, 0, 0, since, ord FROM kept WHERE id = ? AND state = 2").Bind(id));
        return dead.Count == 0 ? null : dead[0];
    }

    /// <summary>Owes a dead callback again, with its whole schedule before it. Null when it is held behind others in its order.</summary>
    public static DueCallback? Revive(WriteTransaction transaction, DueCallback dead) => Begin(transaction, Awake(transaction, dead));

    /// <summary>The same where another node may be the one that calls back: what is due waits in the backlog, and that one is told.</summary>
    public static void ReviveForPeers(WriteTransaction transaction, DueCallback dead)
    {
        var awake = Awake(transaction, dead);
        transaction.NewlyOwed.Owe(awake.Event);
        if ((awake.Order == 0 || OrderedCallbacks.Append(transaction, awake)) && Wait(transaction, awake, transaction.Now, attempts: 0) is not null)
        {
            Tell(transaction, awake.Subscription);
        }
    }

    private static DueCallback Awake(WriteTransaction transaction, DueCallback dead)
    {
        transaction.Prepare("DELETE FROM kept WHERE id = ?").Bind(dead.Id).Run();
        transaction.Counters.Dead--;
        transaction.Counters.Pending++;
        // Ids are the order: behind those that are owed it can only stand with a new one.
        var behind = dead.Order != 0 && OrderedCallbacks.IsOwed(transaction, dead.Subscription, dead.Order);
        return dead with
        {
            Id = behind ? ++transaction.Counters.LastCallback : dead.Id,
            Attempts = 0,
            Since = transaction.Now.ToUnixTimeMilliseconds(),
        };
    }

    private static DueCallback? Begin(WriteTransaction transaction, in DueCallback callback)
    {
        transaction.NewlyOwed.Owe(callback.Event);
        if (callback.Order != 0 && !OrderedCallbacks.Append(transaction, callback))
        {
            return null;
        }

        HandOut(transaction, callback);
        return callback;
    }

    /// <summary>A time before 1970 is the first moment after it.</summary>
    private static long Milliseconds(DateTimeOffset due) => Math.Max(1, due.ToUnixTimeMilliseconds());
}
