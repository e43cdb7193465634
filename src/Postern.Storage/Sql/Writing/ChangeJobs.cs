using Postern.Faults;
using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql.Writing;

internal sealed class AddJob(JobRequest request, CancellationToken cancellation) : WriteOperation<Job?>(cancellation)
{
    protected override Job? Change(WriteTransaction transaction)
    {
        Subscription? subscription = null;
        if (request.Subscription is { } named)
        {
            subscription = SubscriptionRows.Read(transaction.Connection, named.Number);
            if (subscription is null || !StoredJob.HasRoom(transaction, named.Number))
            {
                return null;
            }
        }

        var job = new Job { Number = 0, Id = JobId.Create(), Request = request, Created = transaction.Now };
        var added = StoredJob.Add(transaction, JobBounds.Set(transaction, job, subscription));
        transaction.Audit(new AuditTarget(AuditKind.Job, added.Id, added.Request.Consumer));
        CrashPoint.Reach(CrashPoints.JobAfterRow);
        return added;
    }
}

/// <summary>Reads, changes and writes one job: on the writer's thread no step comes between.</summary>
internal sealed class ChangeJob(string id, Func<Job, Job?> change, CancellationToken cancellation) : WriteOperation<Job?>(cancellation)
{
    public override bool IsIsolated => true;

    protected override Job? Change(WriteTransaction transaction)
    {
        if (JobRows.Find(transaction.Connection, id) is not { } current)
        {
            return null;
        }

        if (change(current) is not { } wanted)
        {
            return current;
        }

        transaction.JobsChanged();
        transaction.Audit(new AuditTarget(AuditKind.Job, current.Id, current.Request.Consumer) { Changed = ["state"] });
        return StoredJob.Update(transaction, current with { State = wanted.State, Reason = wanted.Reason });
    }
}
