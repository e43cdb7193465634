using Postern.Faults;
using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Reading;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql.Erasing;

internal sealed class OrderErasure(string id, ErasureOrder order, CancellationToken cancellation) : WriteOperation<Erasure>(cancellation)
{
    public override bool IsIsolated => true;

    protected override Erasure Change(WriteTransaction transaction)
    {
        StoredErasure.Add(transaction, id, order);

        // Whose data it is about is not said: it would stay when all else of them is gone.
        transaction.Audit(new AuditTarget(AuditKind.Erasure, id));
        CrashPoint.Reach(CrashPoints.EraseAfterOrder);
        return StoredErasure.Find(transaction.Connection, id)!.Report;
    }
}

/// <summary>One step: erases something and writes into the report how much that was, in one commit.</summary>
/// <param name="erase">Erases, and gives the order as it stands then.</param>
internal sealed class EraseStep(
    StoredErasure erasure, Func<WriteTransaction, StoredErasure, List<DueCallback>, StoredErasure> erase, TimeProvider time, CancellationToken cancellation)
    : WriteOperation<(Erasure Report, IReadOnlyList<DueCallback> Released, TimeSpan Elapsed)>(cancellation)
{
    public override bool IsIsolated => true;

    protected override (Erasure, IReadOnlyList<DueCallback>, TimeSpan) Change(WriteTransaction transaction)
    {
        var began = time.GetTimestamp();
        var released = new List<DueCallback>();
        var before = transaction.Counters;
        using (transaction.Connection.OverwriteWhatIsDeleted())
        {
            var after = erase(transaction, erasure, released);
            CrashPoint.Reach(CrashPoints.EraseAfterRows);
            var callbacks = before.Pending + before.Dead - transaction.Counters.Pending - transaction.Counters.Dead;
            var subscriptions = before.Subscriptions - transaction.Counters.Subscriptions;
            after = after with
            {
                Report = after.Report with { Callbacks = after.Report.Callbacks + callbacks, Subscriptions = after.Report.Subscriptions + subscriptions },
            };
            after.Save(transaction);
            return (after.Report, released, time.GetElapsedTime(began));
        }
    }
}

/// <summary>What the steps erase.</summary>
internal static class EraseRows
{
    /// <summary>First it ends, so that nothing more is made or sent for it; then its attempts go, then it goes itself.</summary>
    public static StoredErasure Subscription(WriteTransaction transaction, StoredErasure erasure, Subscription subscription, int limit)
    {
        if (subscription.State != SubscriptionState.Gone)
        {
            StoredSubscription.Update(transaction, subscription, subscription with { State = SubscriptionState.Gone, Reason = "Its consumer is erased." });
        }

        var attempts = transaction.Prepare($"DELETE FROM attempts WHERE number IN (SELECT number FROM {transaction.Connection.Dialect.AttemptsOfSubscription} LIMIT ?2)")
            .Bind(subscription.Number).Bind(limit).Run();
        var room = limit - attempts;
        if (room > 0 && EndCallbacks.Remove(transaction, subscription.Number, dead: true, ref room))
        {
            StoredSubscription.Remove(transaction, subscription, ref room);
        }

        return erasure with { Report = erasure.Report with { Attempts = erasure.Report.Attempts + attempts } };
    }

    public static StoredErasure Events(WriteTransaction transaction, StoredErasure erasure, IReadOnlyList<long> sequences, long position)
    {
        var (events, attempts) = (0, 0);
        foreach (var sequence in sequences)
        {
            attempts += transaction.Prepare("DELETE FROM attempts WHERE event = ?").Bind(sequence).Run();
            events += transaction.Prepare("DELETE FROM events WHERE sequence = ?").Bind(sequence).Run();
        }

        transaction.Removed(sequences);
        var report = erasure.Report with { Events = erasure.Report.Events + events, Attempts = erasure.Report.Attempts + attempts };
        return erasure with { Report = report, Position = position };
    }

    public static void Callbacks(WriteTransaction transaction, IEnumerable<DueCallback> orphans, List<DueCallback> released)
    {
        foreach (var orphan in orphans)
        {
            if (OwedCallbacks.Remove(transaction, orphan) && OrderedCallbacks.Release(transaction, orphan) is { } next)
            {
                released.Add(next);
            }
        }
    }

    public static void Kept(WriteTransaction transaction, IEnumerable<(long Id, long Subscription, long Order, CallbackState State)> orphans, List<DueCallback> released)
    {
        foreach (var (id, subscription, order, state) in orphans)
        {
            if (state == CallbackState.Pending)
            {
                // Held behind others: nobody waits for it but those behind it, who wait for the first.
                transaction.Counters.Pending -= transaction.Prepare("DELETE FROM ordered WHERE subscription = ? AND ord = ? AND id = ?")
                    .Bind(subscription).Bind(order).Bind(id).Run();
            }
            else if (transaction.Prepare("DELETE FROM kept WHERE id = ? AND state = ?").Bind(id).Bind((int)state).Run() == 1)
            {
                transaction.Counters.Pending -= state == CallbackState.Parked ? 1 : 0;
                transaction.Counters.Dead -= state == CallbackState.Dead ? 1 : 0;
                if (OrderedCallbacks.Release(transaction, new DueCallback(id, 0, subscription, 0) { Order = order }) is { } next)
                {
                    released.Add(next);
                }
            }
        }
    }

    public static StoredErasure Answers(WriteTransaction transaction, StoredErasure erasure, int limit)
    {
        var answers = erasure.Order.Consumer is { } consumer
            ? transaction.Prepare("DELETE FROM answers WHERE number IN (SELECT number FROM answers WHERE consumer = ? LIMIT ?)").Bind(consumer).Bind(limit).Run()
            : 0;
        var report = erasure.Report with { Answers = erasure.Report.Answers + answers };
        if (answers == limit)
        {
            return erasure with { Report = report };
        }

        // A number stays given, and lanes may hold it: the queue loses its names only.
        transaction.Prepare("UPDATE queues SET consumer = 'erased-' || number, endpoint = 'erased-' || number WHERE consumer = ?")
            .Bind(erasure.Order.Consumer).Run();
        return erasure with { Report = report, Phase = ErasurePhase.Log };
    }
}
