using Postern.Model;

namespace Postern.Storage.Sql.Writing;

/// <summary>Where a job begins and ends, in the commit that adds it.</summary>
internal static class JobBounds
{
    // Counting more than these would hold the writer up.
    private const int MostCounted = 100_000;

    public static Job Set(WriteTransaction transaction, Job job, Subscription? subscription) => job.Request.Kind switch
    {
        JobKind.Dead => job with { Last = transaction.Counters.LastCallback, Total = CountDead(transaction, job.Request) },
        JobKind.Events => job with { Last = job.Request.Events.Count, Total = job.Request.Events.Count },
        _ => OfLog(transaction, job, subscription),
    };

    private static Job OfLog(WriteTransaction transaction, Job job, Subscription? subscription)
    {
        var from = job.Request.From ?? Known(transaction, subscription?.Created ?? DateTimeOffset.UnixEpoch);

        // The listener has yet to come to what is behind its cursor, and owes it by itself.
        var last = transaction.Counters.Cursor;
        if (job.Request.To is { } to)
        {
            last = Math.Min(last, FirstSince(transaction, to.ToUnixTimeMilliseconds() + 1) - 1);
        }

        var after = Math.Min(FirstSince(transaction, from.ToUnixTimeMilliseconds()) - 1, last);
        return job with { Cursor = new JobCursor(0, after), Last = last, Total = last - after };
    }

    /// <summary>Where old attempts have expired, nobody knows what was delivered before those that are kept.</summary>
    private static DateTimeOffset Known(WriteTransaction transaction, DateTimeOffset created)
    {
        using var rows = transaction.Prepare("SELECT number, at FROM attempts ORDER BY number LIMIT 1");
        return rows.Step() && rows.Number(0) > 1 && rows.Number(1) > created.UtcTicks ? rows.Ticks(1) : created;
    }

    /// <summary>The first sequence staged at a time or later, by halving: times grow with the log.</summary>
    private static long FirstSince(WriteTransaction transaction, long time)
    {
        var (low, high) = (1L, transaction.Counters.LastSequence + 1);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            using var rows = transaction.Prepare("SELECT sequence, staged FROM events WHERE sequence >= ? ORDER BY sequence LIMIT 1").Bind(middle);
            if (!rows.Step() || rows.Number(1) >= time)
            {
                high = middle;
            }
            else
            {
                low = rows.Number(0) + 1;
            }
        }

        return low;
    }

    private static long? CountDead(WriteTransaction transaction, JobRequest request)
    {
        if (request.Subscription is not { } subscription)
        {
            return request.Endpoint is null ? transaction.Counters.Dead : null;
        }

        using var rows = transaction.Prepare(
            "SELECT count(*) FROM (SELECT 1 FROM kept WHERE subscription = ? AND state = 2 LIMIT ?) dead")
            .Bind(subscription.Number).Bind(MostCounted + 1);
        rows.Step();
        return rows.Number(0) <= MostCounted ? rows.Number(0) : null;
    }
}
