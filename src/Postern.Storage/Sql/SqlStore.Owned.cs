using Postern.Model;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    public ValueTask<Subscription?> FindOwnSubscriptionAsync(string id, string consumer, CancellationToken cancellation) =>
        readers.ReadAsync(connection => SubscriptionRows.FindOwn(connection, id, consumer), cancellation);
}
