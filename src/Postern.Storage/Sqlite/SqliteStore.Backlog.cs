using Postern.Model;
using Postern.Ports;

namespace Postern.Storage.Sqlite;

public sealed partial class SqliteStore
{
    public ValueTask<IReadOnlyList<QueueBacklog>> ReadQueuesAsync(int after, int limit, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<Backlog> ReadBacklogAsync(int queue, DateTimeOffset now, int limit, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask DeferAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation) => throw new NotSupportedException();
}
