using Postern.Model;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    public ValueTask<IReadOnlyList<Subscription>> ListProofsDueAsync(DateTimeOffset now, int afterQueue, int limit, CancellationToken cancellation) =>
        readers.ReadAsync(connection => SubscriptionRows.ListProofsDue(connection, now, afterQueue, limit), cancellation);
}
