using Postern.Model;
using Postern.Storage.Sqlite.Reading;

namespace Postern.Storage.Sqlite;

public sealed partial class SqliteStore
{
    public ValueTask<IReadOnlyList<Subscription>> ListProofsDueAsync(DateTimeOffset now, int afterQueue, int limit, CancellationToken cancellation) =>
        readers.ReadAsync(connection => SubscriptionRows.ListProofsDue(connection, now, afterQueue, limit), cancellation);
}
