using Postern.Faults;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql.Retention;

/// <summary>Removes rows by their keys, and says how many and how long that took.</summary>
/// <remarks>Isolated: a fault of one step must not fail the callers that share its commit.</remarks>
internal abstract class ExpireRows(IReadOnlyList<long> keys, TimeProvider time, CancellationToken cancellation)
    : WriteOperation<(int Removed, TimeSpan Elapsed)>(cancellation)
{
    public override bool IsIsolated => true;

    protected IReadOnlyList<long> Keys => keys;

    protected sealed override (int Removed, TimeSpan Elapsed) Change(WriteTransaction transaction)
    {
        var began = time.GetTimestamp();
        using (transaction.Connection.OverwriteWhatIsDeleted())
        {
            var removed = Remove(transaction);
            CrashPoint.Reach(CrashPoints.ExpireAfterRows);
            return (removed, time.GetElapsedTime(began));
        }
    }

    protected abstract int Remove(WriteTransaction transaction);
}

internal sealed class ExpireAttempts(IReadOnlyList<long> keys, TimeProvider time, CancellationToken cancellation) : ExpireRows(keys, time, cancellation)
{
    // New ones have greater numbers, so that a range holds what was looked at and nothing else.
    protected override int Remove(WriteTransaction transaction) =>
        transaction.Prepare("DELETE FROM attempts WHERE number BETWEEN ? AND ?").Bind(Keys[0]).Bind(Keys[^1]).Run();
}

internal sealed class ExpireAnswers(IReadOnlyList<long> keys, TimeProvider time, CancellationToken cancellation) : ExpireRows(keys, time, cancellation)
{
    protected override int Remove(WriteTransaction transaction) =>
        transaction.Prepare("DELETE FROM answers WHERE number BETWEEN ? AND ?").Bind(Keys[0]).Bind(Keys[^1]).Run();
}

internal sealed class ExpireProducerIds(IReadOnlyList<long> keys, TimeProvider time, CancellationToken cancellation) : ExpireRows(keys, time, cancellation)
{
    protected override int Remove(WriteTransaction transaction) =>
        Keys.Sum(key => transaction.Prepare("DELETE FROM producer_ids WHERE sequence = ?").Bind(key).Run());
}

internal sealed class ExpireReports(IReadOnlyList<long> keys, TimeProvider time, CancellationToken cancellation) : ExpireRows(keys, time, cancellation)
{
    protected override int Remove(WriteTransaction transaction) =>
        Keys.Sum(key => transaction.Prepare("DELETE FROM erasures WHERE number = ? AND finished IS NOT NULL").Bind(key).Run());
}

internal sealed class ExpireJobs(IReadOnlyList<long> keys, TimeProvider time, CancellationToken cancellation) : ExpireRows(keys, time, cancellation)
{
    protected override int Remove(WriteTransaction transaction) =>
        Keys.Sum(key => transaction.Prepare("DELETE FROM jobs WHERE number = ? AND ended IS NOT NULL").Bind(key).Run());
}

internal sealed class ExpireAudit(IReadOnlyList<long> keys, TimeProvider time, CancellationToken cancellation) : ExpireRows(keys, time, cancellation)
{
    protected override int Remove(WriteTransaction transaction) =>
        transaction.Prepare("DELETE FROM audit WHERE number BETWEEN ? AND ?").Bind(Keys[0]).Bind(Keys[^1]).Run();
}

internal sealed class ExpireDead(IReadOnlyList<long> keys, DateTimeOffset before, TimeProvider time, CancellationToken cancellation)
    : ExpireRows(keys, time, cancellation)
{
    protected override int Remove(WriteTransaction transaction)
    {
        // Looked at again: it may have been replayed meanwhile, and have died anew.
        var removed = Keys.Sum(key => transaction.Prepare("DELETE FROM kept WHERE id = ? AND state = 2 AND died < ?")
            .Bind(key).Bind(before.ToUnixTimeMilliseconds()).Run());
        transaction.Counters.Dead -= removed;
        return removed;
    }
}

internal sealed class ExpireEvents(IReadOnlyList<long> keys, TimeProvider time, CancellationToken cancellation) : ExpireRows(keys, time, cancellation)
{
    protected override int Remove(WriteTransaction transaction)
    {
        var removed = new List<long>(Keys.Count);
        foreach (var sequence in Keys.Where(transaction.NewlyOwed.Allows))
        {
            if (ProducerIds.RemoveEvent(transaction, sequence))
            {
                removed.Add(sequence);
            }
        }

        transaction.Removed(removed);
        return removed.Count;
    }
}

/// <summary>From its commit on, the writer marks which events of a part of the log become owed.</summary>
internal sealed class WatchNewlyOwed(long first, long last, CancellationToken cancellation) : WriteOperation<bool>(cancellation)
{
    protected override bool Change(WriteTransaction transaction)
    {
        transaction.NewlyOwed.Watch(first, last);
        return true;
    }
}
