using Postern.Faults;
using Postern.Model;

namespace Postern.Storage.Sql.Writing;

/// <summary>Moves fresh callbacks to the backlogs of their subscriptions.</summary>
internal sealed class DeferCallbacks(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation) : WriteOperation<bool>(cancellation)
{
    protected override bool Change(WriteTransaction transaction)
    {
        HashSet<long> elsewhere = [];
        foreach (var callback in callbacks)
        {
            var fresh = callback with { Queue = 0, Due = 0 };
            if (OwedCallbacks.Take(transaction, fresh))
            {
                CrashPoint.Reach(CrashPoints.DeferBetweenTables);
                if (OwedCallbacks.Wait(transaction, fresh, transaction.Now, callback.Attempts) is { } queue && queue != callback.Queue)
                {
                    elsewhere.Add(callback.Subscription);
                }
            }
        }

        foreach (var subscription in elsewhere)
        {
            OwedCallbacks.Tell(transaction, subscription);
        }

        return true;
    }
}
