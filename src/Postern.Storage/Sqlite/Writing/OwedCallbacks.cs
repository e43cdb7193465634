using Postern.Model;
using Postern.Storage.Sqlite.Reading;

namespace Postern.Storage.Sqlite.Writing;

/// <summary>The rows of callbacks as operations change them, with the counters that go along.</summary>
internal static class OwedCallbacks
{
    /// <summary>A fresh callback, which the caller hands to the hub.</summary>
    public static DueCallback Add(WriteTransaction transaction, long sequence, long subscription)
    {
        var id = ++transaction.Counters.LastCallback;
        transaction.Prepare("INSERT INTO callbacks (id, event, subscription, due, attempts, state) VALUES (?, ?, ?, 0, 0, 0)")
            .Bind(id).Bind(sequence).Bind(subscription).Run();
        transaction.Counters.Pending++;
        return new DueCallback(id, sequence, subscription, Attempts: 0);
    }

    /// <summary>Takes a pending callback away. One that is not pending any more was settled by another result: it stays as it is.</summary>
    public static void Remove(WriteTransaction transaction, long id) =>
        transaction.Counters.Pending -=
            transaction.Prepare("DELETE FROM callbacks WHERE id = ? AND state = 0").Bind(id).Run();

    /// <summary>Owes a pending callback again at a later time.</summary>
    public static void Reschedule(WriteTransaction transaction, long id, DateTimeOffset due, int attempts) =>
        transaction.Prepare("UPDATE callbacks SET due = ?, attempts = ? WHERE id = ? AND state = 0")
            .Bind(Milliseconds(due)).Bind(attempts).Bind(id).Run();

    public static void Park(WriteTransaction transaction, long id, int attempts) =>
        transaction.Prepare("UPDATE callbacks SET due = 0, attempts = ?, state = 1 WHERE id = ? AND state = 0")
            .Bind(attempts).Bind(id).Run();

    public static void Bury(WriteTransaction transaction, long id, int attempts)
    {
        var buried = transaction.Prepare("UPDATE callbacks SET due = 0, attempts = ?, state = 2 WHERE id = ? AND state = 0")
            .Bind(attempts).Bind(id).Run();
        transaction.Counters.Pending -= buried;
        transaction.Counters.Dead += buried;
    }

    /// <summary>Makes the parked callbacks of a subscription due now.</summary>
    public static void Unpark(WriteTransaction transaction, long subscription) =>
        transaction.Prepare("UPDATE callbacks SET due = ?, state = 0 WHERE subscription = ? AND state > 0 AND state = 1")
            .Bind(Milliseconds(transaction.Now)).Bind(subscription).Run();

    /// <summary>Removes the parked callbacks of a subscription that takes none any more.</summary>
    public static void RemoveParked(WriteTransaction transaction, long subscription) =>
        transaction.Counters.Pending -=
            transaction.Prepare("DELETE FROM callbacks WHERE subscription = ? AND state > 0 AND state = 1").Bind(subscription).Run();

    public static void RemoveDead(WriteTransaction transaction, long subscription) =>
        transaction.Counters.Dead -=
            transaction.Prepare("DELETE FROM callbacks WHERE subscription = ? AND state > 0 AND state = 2").Bind(subscription).Run();

    /// <summary>A dead callback; null when it is not dead any more.</summary>
    public static DueCallback? FindDead(WriteTransaction transaction, long id)
    {
        var dead = CallbackRows.ReadDue(transaction.Prepare(
            "SELECT id, event, subscription, attempts FROM callbacks WHERE id = ? AND state = 2").Bind(id));
        return dead.Count == 0 ? null : dead[0];
    }

    /// <summary>Owes a dead callback again, with its whole schedule before it.</summary>
    public static DueCallback Revive(WriteTransaction transaction, DueCallback dead)
    {
        transaction.Prepare("UPDATE callbacks SET due = 0, attempts = 0, state = 0 WHERE id = ?").Bind(dead.Id).Run();
        transaction.Counters.Dead--;
        transaction.Counters.Pending++;
        return dead with { Attempts = 0 };
    }

    /// <summary>Zero means handed out: a time before 1970 is the first moment after it.</summary>
    private static long Milliseconds(DateTimeOffset due) => Math.Max(1, due.ToUnixTimeMilliseconds());
}
