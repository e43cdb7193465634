using Postern.Faults;
using Postern.Model;

namespace Postern.Storage.Sqlite.Writing;

/// <summary>Moves fresh callbacks to the backlogs they name.</summary>
internal sealed class DeferCallbacks(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation) : WriteOperation<bool>(cancellation)
{
    protected override bool Change(WriteTransaction transaction)
    {
        foreach (var callback in callbacks)
        {
            var fresh = callback with { Queue = 0, Due = 0 };
            if (OwedCallbacks.Take(transaction, fresh))
            {
                CrashPoint.Reach(CrashPoints.DeferBetweenTables);
                OwedCallbacks.Wait(transaction, fresh, callback.Queue, transaction.Now, callback.Attempts);
            }
        }

        return true;
    }
}
