using Postern.Faults;
using Postern.Model;
using Postern.Ports;

namespace Postern.Storage.Sqlite.Writing;

/// <summary>Adds the callbacks that matching made, and moves the cursor with them.</summary>
internal sealed class CommitMatches(long from, long to, IReadOnlyList<Match> matches, CancellationToken cancellation)
    : WriteOperation<IReadOnlyList<DueCallback>>(cancellation)
{
    protected override IReadOnlyList<DueCallback> Change(WriteTransaction transaction)
    {
        var cursor = transaction.Counters.Cursor;
        if (cursor != from)
        {
            throw new InvalidOperationException($"The cursor is at {cursor} and not at {from}: someone else has matched these events.");
        }

        if (to < from || to > transaction.Counters.LastSequence)
        {
            throw new InvalidOperationException($"The cursor cannot move from {from} to {to}: the log ends at {transaction.Counters.LastSequence}.");
        }

        var callbacks = new DueCallback[matches.Count];
        for (var index = 0; index < callbacks.Length; index++)
        {
            callbacks[index] = OwedCallbacks.Add(transaction, matches[index].Event, matches[index].Subscription);
            CrashPoint.Reach(CrashPoints.MatchAfterCallback);
        }

        transaction.Counters.Cursor = to;
        CrashPoint.Reach(CrashPoints.MatchAfterCursor);
        return callbacks;
    }
}
