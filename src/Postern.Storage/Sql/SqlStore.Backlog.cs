using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Reading;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    public ValueTask<IReadOnlyList<QueueBacklog>> ReadQueuesAsync(int after, int limit, CancellationToken cancellation) =>
        readers.ReadAsync(connection => BacklogRows.ReadQueues(connection, after, limit), cancellation);

    public ValueTask<Backlog> ReadBacklogAsync(int queue, DateTimeOffset now, DateTimeOffset latest, int limit, CancellationToken cancellation) =>
        readers.ReadAsync(connection => BacklogRows.Read(connection, queue, now, latest, limit), cancellation);

    public async ValueTask DeferAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation)
    {
        if (callbacks.Count > 0)
        {
            await writer.WriteAsync(new DeferCallbacks(callbacks, cancellation));
        }
    }
}
