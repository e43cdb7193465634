using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Writing;

/// <summary>The rows of jobs as operations change them.</summary>
internal static class StoredJob
{
    public static Job Add(WriteTransaction transaction, Job job)
    {
        var request = job.Request;
        using var rows = transaction.Prepare(
            """
            INSERT INTO jobs (id, kind, subscription, subscription_id, endpoint, from_time, to_time, events, rate, consumer,
              state, at_subscription, at_position, last, looked, total, done, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number
            """)
            .Bind(job.Id)
            .Bind((long)request.Kind)
            .Bind(request.Subscription?.Number)
            .Bind(request.Subscription?.Id)
            .Bind(request.Endpoint)
            .Bind(request.From?.UtcTicks)
            .Bind(request.To?.UtcTicks)
            .Bind(StoredJson.Write(request.Events))
            .Bind(request.Rate)
            .Bind(request.Consumer)
            .Bind((long)job.State)
            .Bind(job.Cursor.Subscription)
            .Bind(job.Cursor.Position)
            .Bind(job.Last)
            .Bind(job.Looked)
            .Bind(job.Total)
            .Bind(job.Done)
            .Bind(job.Created.ToUnixTimeMilliseconds());
        rows.Step();
        var added = job with { Number = rows.Number(0) };

        // The row is written when the statement has come to its end.
        rows.Step();
        transaction.JobsChanged();
        return added;
    }

    /// <summary>Writes state and progress; a state that has no way back gets its time.</summary>
    public static Job Update(WriteTransaction transaction, Job job)
    {
        var changed = job with { Ended = job.IsUnfinished() ? null : job.Ended ?? transaction.Now };
        transaction.Prepare(
            """
            UPDATE jobs SET state = ?, reason = ?, at_subscription = ?, at_position = ?, looked = ?, done = ?, ended = ? WHERE number = ?
            """)
            .Bind((long)changed.State)
            .Bind(changed.Reason)
            .Bind(changed.Cursor.Subscription)
            .Bind(changed.Cursor.Position)
            .Bind(changed.Looked)
            .Bind(changed.Done)
            .Bind(changed.Ended?.ToUnixTimeMilliseconds())
            .Bind(changed.Number)
            .Run();
        return changed;
    }

    public static bool HasRoom(WriteTransaction transaction, long subscription)
    {
        using var rows = transaction.Prepare($"SELECT count(*) FROM jobs {transaction.Connection.Dialect.By("jobs_by_subscription")} WHERE subscription = ? AND state <= 1").Bind(subscription);
        rows.Step();
        return rows.Number(0) < JobLimits.Unfinished;
    }
}
