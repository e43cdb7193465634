using Postern.Model;
using Postern.Storage.Sql.Reading;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    public ValueTask<IReadOnlyList<FailingSubscription>> ListFailingAsync(long after, int limit, CancellationToken cancellation) =>
        readers.ReadAsync(connection => HealthRows.List(connection, after, limit), cancellation);

    public ValueTask<Failing?> ReadFailingAsync(long subscription, CancellationToken cancellation) =>
        readers.ReadAsync(connection => HealthRows.Read(connection, subscription), cancellation);

    public ValueTask<Subscription?> ChangeSubscriptionAsync(
        string id, Func<Subscription, Subscription?> change, Func<Subscription, IReadOnlyList<EventContent>> announce, CancellationToken cancellation) =>
        ObeyedAsync(writer.WriteAsync(new ChangeSubscription(id, change, announce, cancellation)), cancellation);
}
