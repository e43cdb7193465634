using Postern.Model;
using Postern.Storage.Sqlite.Reading;

namespace Postern.Storage.Sqlite;

public sealed partial class SqliteStore
{
    public ValueTask<Subscription?> FindOwnSubscriptionAsync(string id, string consumer, CancellationToken cancellation) =>
        readers.ReadAsync(connection => SubscriptionRows.FindOwn(connection, id, consumer), cancellation);
}
