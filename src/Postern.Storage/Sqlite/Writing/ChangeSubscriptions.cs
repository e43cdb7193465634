using Postern.Faults;
using Postern.Model;
using Postern.Storage.Sqlite.Reading;

namespace Postern.Storage.Sqlite.Writing;

internal sealed class AddSubscription(Subscription subscription, CancellationToken cancellation) : WriteOperation<Subscription>(cancellation)
{
    public override bool IsIsolated => true;

    protected override Subscription Change(WriteTransaction transaction)
    {
        var added = StoredSubscription.Add(transaction, subscription);
        CrashPoint.Reach(CrashPoints.SubscriptionAfterRow);
        return added;
    }
}

/// <summary>Reads, changes and writes one subscription: on the writer's thread nobody comes between.</summary>
internal sealed class ChangeSubscription(string id, Func<Subscription, Subscription?> change, CancellationToken cancellation)
    : WriteOperation<Subscription?>(cancellation)
{
    public override bool IsIsolated => true;

    protected override Subscription? Change(WriteTransaction transaction)
    {
        if (SubscriptionRows.Find(transaction.Connection, id) is not { } current)
        {
            return null;
        }

        return change(current) is { } wanted ? StoredSubscription.Update(transaction, current, wanted) : current;
    }
}

internal sealed class RemoveSubscriptions(IReadOnlyList<string> ids, CancellationToken cancellation)
    : WriteOperation<IReadOnlyList<Subscription>>(cancellation)
{
    public override bool IsIsolated => true;

    protected override IReadOnlyList<Subscription> Change(WriteTransaction transaction)
    {
        var removed = new List<Subscription>();
        foreach (var id in ids)
        {
            if (SubscriptionRows.Find(transaction.Connection, id) is { } subscription)
            {
                StoredSubscription.Remove(transaction, subscription);
                removed.Add(subscription);
                CrashPoint.Reach(CrashPoints.RemovalAfterRow);
            }
        }

        return removed;
    }
}
