using Postern.Faults;
using Postern.Model;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql.Writing;

/// <summary>
/// Removes what is parked, held and dead of a subscription that takes nothing any more, a bounded number of rows in each commit.
/// True when there may be more. What the hub or a backlog has is dropped when it comes up: finding it would need an index on the hot path.
/// </summary>
internal sealed class EndCallbacks(long subscription, CancellationToken cancellation) : WriteOperation<bool>(cancellation)
{
    /// <summary>Rows in one commit.</summary>
    public const int Step = 5_000;

    protected override bool Change(WriteTransaction transaction)
    {
        var room = Step;
        return SubscriptionRows.Read(transaction.Connection, subscription) switch
        {
            null => !Remove(transaction, subscription, dead: true, ref room),
            // The steps of an erasure count what they remove.
            { State: SubscriptionState.Gone } gone when !IsBeingErased(transaction, gone.Consumer) => !Remove(transaction, subscription, dead: false, ref room),
            // It takes again what is still there.
            _ => false,
        };
    }

    /// <summary>The first step, in the commit that ends the subscription.</summary>
    /// <param name="dead">What is dead goes with a subscription that is removed, and stays to be replayed with one that is gone.</param>
    /// <param name="room">Rows that this commit may still remove.</param>
    public static void Begin(WriteTransaction transaction, long subscription, bool dead, ref int room)
    {
        if (!Remove(transaction, subscription, dead, ref room))
        {
            transaction.Ended(subscription);
        }
    }

    /// <summary>True when nothing is left. The held ones first: behind a parked one that is gone nobody would release them.</summary>
    public static bool Remove(WriteTransaction transaction, long subscription, bool dead, ref int room)
    {
        room -= OrderedCallbacks.RemoveLast(transaction, subscription, room);
        var parked = RemoveKept(transaction, subscription, CallbackState.Parked, room);
        (room, transaction.Counters.Pending) = (room - parked, transaction.Counters.Pending - parked);
        CrashPoint.Reach(CrashPoints.EndBetweenStates);
        if (dead)
        {
            var buried = RemoveKept(transaction, subscription, CallbackState.Dead, room);
            (room, transaction.Counters.Dead) = (room - buried, transaction.Counters.Dead - buried);
        }

        return room > 0;
    }

    private static int RemoveKept(WriteTransaction transaction, long subscription, CallbackState state, int limit) => limit <= 0 ? 0
        : transaction.Prepare("DELETE FROM kept WHERE id IN (SELECT id FROM kept WHERE subscription = ? AND state = ? ORDER BY id LIMIT ?)")
            .Bind(subscription).Bind((int)state).Bind(limit).Run();

    private static bool IsBeingErased(WriteTransaction transaction, string consumer)
    {
        using var rows = transaction.Prepare("SELECT 1 FROM erasures WHERE finished IS NULL AND consumer = ? LIMIT 1").Bind(consumer);
        return rows.Step();
    }
}
