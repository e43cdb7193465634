using Postern.Faults;
using Postern.Model;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql.Writing;

internal sealed class AddSubscription(Subscription subscription, DateTimeOffset? ownerSince, CancellationToken cancellation) : WriteOperation<Subscription>(cancellation)
{
    public override bool IsIsolated => true;

    protected override Subscription Change(WriteTransaction transaction)
    {
        var added = StoredSubscription.Add(transaction, subscription, ownerSince);
        CrashPoint.Reach(CrashPoints.SubscriptionAfterRow);
        return added;
    }
}

/// <summary>Reads, changes and writes one subscription: on the writer's thread nobody comes between.</summary>
/// <param name="announce">Events of the gateway itself about what stands afterwards; null: none.</param>
internal sealed class ChangeSubscription(
    string id, Func<Subscription, Subscription?> change, Func<Subscription, IReadOnlyList<EventContent>>? announce, CancellationToken cancellation)
    : WriteOperation<Subscription?>(cancellation)
{
    public override bool IsIsolated => true;

    protected override Subscription? Change(WriteTransaction transaction)
    {
        if (SubscriptionRows.Find(transaction.Connection, id) is not { } current)
        {
            return null;
        }

        if (change(current) is not { } wanted)
        {
            return current;
        }

        var changed = StoredSubscription.Update(transaction, current, wanted);
        StageEvents.Announce(transaction, announce?.Invoke(changed) ?? []);
        return changed;
    }
}

internal sealed class RemoveSubscriptions(IReadOnlyList<string> ids, CancellationToken cancellation)
    : WriteOperation<IReadOnlyList<Subscription>>(cancellation)
{
    public override bool IsIsolated => true;

    protected override IReadOnlyList<Subscription> Change(WriteTransaction transaction)
    {
        var removed = new List<Subscription>();
        var room = EndCallbacks.Step;
        foreach (var id in ids)
        {
            if (SubscriptionRows.Find(transaction.Connection, id) is { } subscription)
            {
                StoredSubscription.Remove(transaction, subscription, ref room);
                removed.Add(subscription);
                CrashPoint.Reach(CrashPoints.RemovalAfterRow);
            }
        }

        return removed;
    }
}
