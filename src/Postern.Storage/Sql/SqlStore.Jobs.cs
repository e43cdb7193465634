using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Reading;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    public event Action? JobsChanged;

    public ValueTask<Job?> AddJobAsync(JobRequest request, CancellationToken cancellation) => new(writer.WriteAsync(new AddJob(request, cancellation)));

    public ValueTask<Job?> ChangeJobAsync(string id, Func<Job, Job?> change, CancellationToken cancellation) =>
        new(writer.WriteAsync(new ChangeJob(id, change, cancellation)));

    public ValueTask<Job?> FindJobAsync(string id, CancellationToken cancellation) =>
        readers.ReadAsync(connection => JobRows.Find(connection, id), cancellation);

    public ValueTask<IReadOnlyList<Job>> ListJobsAsync(JobQuery query, CancellationToken cancellation) =>
        readers.ReadAsync(connection => JobRows.List(connection, query), cancellation);

    public ValueTask<JobProgress?> StepJobAsync(JobStep step, CancellationToken cancellation) => new(writer.WriteAsync(new StepJob(step, cancellation)));

    public ValueTask<IReadOnlyList<DueCallback>> ReadDeadAsync(DeadQuery query, CancellationToken cancellation) =>
        readers.ReadAsync(connection => FateRows.ReadDead(connection, query), cancellation);

    public ValueTask<IReadOnlyList<EventFate>> ReadFatesAsync(FateQuery query, CancellationToken cancellation) =>
        readers.ReadAsync(connection => FateRows.Read(connection, query), cancellation);
}
