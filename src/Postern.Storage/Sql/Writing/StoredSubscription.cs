using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql.Writing;

/// <summary>The rows of subscriptions as operations change them, and what a change of state does to the callbacks owed.</summary>
internal static class StoredSubscription
{
    /// <exception cref="ConsumerRemovedException">Its owner is not the one that was made then. While one is being removed it stands, and the removal takes this one along.</exception>
    public static Subscription Add(WriteTransaction transaction, Subscription subscription, DateTimeOffset? ownerSince)
    {
        if (ownerSince is { } since && ConsumerRows.SinceWhen(transaction.Connection, subscription.Consumer) != since)
        {
            throw new ConsumerRemovedException(subscription.Consumer);
        }

        var added = Normalise(subscription) with
        {
            Number = transaction.Counters.LastSubscription + 1,
            After = transaction.Counters.LastSequence,
            Version = 1,
            Queue = StoredQueue.NumberOf(transaction, subscription),
        };
        var statement = transaction.Prepare(
            """
            INSERT INTO subscriptions (id, consumer, resource, key, callback, events, filter, mode, state, reason, created, metadata,
              secrets, after, version, retry, ordered, queue, disabled_by, delivery, proof, proof_due, number)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        Bind(statement, added).Run();
        transaction.Counters.LastSubscription++;
        transaction.Counters.Subscriptions++;
        transaction.Audit(new AuditTarget(AuditKind.Subscription, added.Id, added.Consumer));
        transaction.Changed(added);
        return added;
    }

    /// <summary>Writes what became of <paramref name="current"/>. Number, id and version are the store's, not the caller's.</summary>
    public static Subscription Update(WriteTransaction transaction, Subscription current, Subscription wanted)
    {
        var changed = Normalise(wanted) with
        {
            Number = current.Number,
            Id = current.Id,
            Version = current.Version + 1,
            FailingSince = current.FailingSince,
            Queue = wanted.Callback == current.Callback && wanted.Consumer == current.Consumer
                ? current.Queue
                : StoredQueue.NumberOf(transaction, wanted),
            // What was staged while it took no events is not for it, also when the listener has yet to come there.
            After = Takes(wanted.State) && !Takes(current.State) ? transaction.Counters.LastSequence : current.After,
        };
        var statement = transaction.Prepare(
            """
            UPDATE subscriptions SET id = ?, consumer = ?, resource = ?, key = ?, callback = ?, events = ?, filter = ?, mode = ?,
              state = ?, reason = ?, created = ?, metadata = ?, secrets = ?, after = ?, version = ?, retry = ?, ordered = ?, queue = ?,
              disabled_by = ?, delivery = ?, proof = ?, proof_due = ?
            WHERE number = ?
            """);
        Bind(statement, changed).Run();
        if (changed.State == SubscriptionState.Active && current.State != SubscriptionState.Active)
        {
            UnparkCallbacks.Begin(transaction, changed);
        }
        else if (changed.State == SubscriptionState.Gone)
        {
            var room = EndCallbacks.Step;
            EndCallbacks.Begin(transaction, changed.Number, dead: false, ref room);
        }

        var left = changed.Queue == current.Queue ? null : current;
        if (left is not null)
        {
            MoveCallbacks.Begin(transaction, changed, left.Queue);
        }

        // What was learnt about one destination says nothing about another, nor about the same one after its end.
        var afresh = changed.Callback != current.Callback || (Takes(changed.State) && HasEnded(current.State));
        if (afresh)
        {
            RecordHealth.Forget(transaction, changed.Number);
            changed = changed with { FailingSince = null };
        }

        transaction.Audit(new AuditTarget(AuditKind.Subscription, changed.Id, changed.Consumer) { Changed = StoredAudit.Differences(current, changed) });
        transaction.Changed(changed, startsAfresh: afresh, left: left);
        return changed;
    }

    /// <param name="room">Rows of its callbacks that this commit may remove: what is left goes with the next ones.</param>
    public static void Remove(WriteTransaction transaction, Subscription subscription, ref int room)
    {
        transaction.Prepare("DELETE FROM subscriptions WHERE number = ?").Bind(subscription.Number).Run();
        transaction.Prepare("DELETE FROM moves WHERE subscription = ?").Bind(subscription.Number).Run();
        EndCallbacks.Begin(transaction, subscription.Number, dead: true, ref room);
        RecordHealth.Forget(transaction, subscription.Number);
        transaction.Counters.Subscriptions--;
        transaction.Audit(new AuditTarget(AuditKind.Subscription, subscription.Id, subscription.Consumer));
        transaction.Changed(subscription, removed: true);
    }

    private static bool Takes(SubscriptionState state) => state is SubscriptionState.Active or SubscriptionState.Paused or SubscriptionState.Pending;

    private static bool HasEnded(SubscriptionState state) => state is SubscriptionState.Disabled or SubscriptionState.Gone;

    private static Subscription Normalise(Subscription subscription) => subscription with
    {
        Created = subscription.Created.ToUniversalTime(),
        DisabledBy = subscription.State == SubscriptionState.Disabled ? subscription.DisabledBy : null,
    };

    private static Statement Bind(Statement statement, Subscription subscription) => statement
        .Bind(subscription.Id)
        .Bind(subscription.Consumer)
        .Bind(subscription.Resource)
        .Bind(subscription.Key)
        .Bind(subscription.Callback)
        .Bind(subscription.Events.Count == 0 ? null : StoredJson.Write(subscription.Events))
        .Bind(subscription.Filter)
        .Bind((int)subscription.Mode)
        .Bind((int)subscription.State)
        .Bind(subscription.Reason)
        .Bind(subscription.Created.UtcTicks)
        .Bind(subscription.Metadata)
        .Bind(StoredJson.Write(subscription.Secrets))
        .Bind(subscription.After)
        .Bind(subscription.Version)
        .Bind(StoredJson.Write(subscription.Retry))
        .Bind((int)subscription.Order)
        .Bind(subscription.Queue)
        .Bind((long?)subscription.DisabledBy)
        .Bind(StoredJson.Write(subscription.Delivery))
        .Bind(StoredJson.Write(subscription.Proof))
        .Bind(ProofDue(subscription))
        .Bind(subscription.Number);

    /// <summary>When its receiver is asked: nobody is while it is paused or has ended.</summary>
    private static long? ProofDue(Subscription subscription) => subscription.State is SubscriptionState.Active or SubscriptionState.Pending
        ? subscription.Proof?.Due?.ToUnixTimeMilliseconds()
        : null;
}
