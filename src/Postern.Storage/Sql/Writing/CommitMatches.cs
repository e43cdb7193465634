using Postern.Faults;
using Postern.Model;
using Postern.Ports;

namespace Postern.Storage.Sql.Writing;

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

        var callbacks = new List<DueCallback>(matches.Count);
        foreach (var match in matches)
        {
            if (OwedCallbacks.Add(transaction, match.Event, match.Subscription, match.Order) is { } handed)
            {
                callbacks.Add(handed);
            }

            CrashPoint.Reach(CrashPoints.MatchAfterCallback);
        }

        transaction.Counters.Cursor = to;
        CrashPoint.Reach(CrashPoints.MatchAfterCursor);
        return callbacks;
    }
}
