using Postern.Faults;
using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql.Writing;

/// <summary>Owes what a step of a job names, and moves the job on.</summary>
internal sealed class StepJob(JobStep step, CancellationToken cancellation) : WriteOperation<JobProgress?>(cancellation)
{
    private readonly Dictionary<long, bool> takes = [];

    // It writes callbacks before the job's row: nothing of them may stay without it.
    public override bool IsIsolated => true;

    protected override JobProgress? Change(WriteTransaction transaction)
    {
        if (JobRows.Read(transaction.Connection, step.Job.Number) is not { State: JobState.Running } job || job.Cursor != step.Job.Cursor)
        {
            return null;
        }

        if (job.Request.Subscription is { } subscription && !Takes(transaction, subscription.Number))
        {
            var failed = JobChange.Fail(job, $"The subscription {subscription.Id} has ended: nothing is sent for it.")!;
            return new JobProgress(StoredJob.Update(transaction, failed), new Revived(0, []));
        }

        var owed = Owe(transaction);
        CrashPoint.Reach(CrashPoints.JobAfterCallbacks);
        var moved = job with
        {
            Cursor = step.To, Looked = job.Looked + step.Looked, Done = job.Done + owed.Count, State = step.Last ? JobState.Done : JobState.Running,
        };
        return new JobProgress(StoredJob.Update(transaction, moved), owed);
    }

    private Revived Owe(WriteTransaction transaction)
    {
        var (due, count) = (new List<DueCallback>(step.Items.Count), 0);
        foreach (var item in step.Items)
        {
            // What is owed to one that has ended is dropped by the worker: a dead callback would be lost by that.
            if (Takes(transaction, item.Match.Subscription) && Owe(transaction, item, out var handed))
            {
                count++;
                if (handed is { } callback)
                {
                    due.Add(callback);
                }
            }
        }

        return new Revived(count, due);
    }

    /// <param name="handed">Null when it is held behind others in its order.</param>
    private static bool Owe(WriteTransaction transaction, in JobItem item, out DueCallback? handed)
    {
        handed = null;
        if (item.Dead == 0)
        {
            if (!EventRows.IsKept(transaction.Connection, item.Match.Event))
            {
                return false;
            }

            handed = OwedCallbacks.Add(transaction, item.Match.Event, item.Match.Subscription, item.Match.Order);
            return true;
        }

        if (OwedCallbacks.FindDead(transaction, item.Dead) is not { } dead)
        {
            return false;
        }

        handed = OwedCallbacks.Revive(transaction, dead);
        return true;
    }

    private bool Takes(WriteTransaction transaction, long subscription)
    {
        if (!takes.TryGetValue(subscription, out var known))
        {
            takes[subscription] = known = SubscriptionRows.ReadState(transaction.Connection, subscription)
                is SubscriptionState.Active or SubscriptionState.Paused or SubscriptionState.Pending;
        }

        return known;
    }
}
