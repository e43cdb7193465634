using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    public ValueTask<Callback?> FindDeadAsync(long id, CancellationToken cancellation) =>
        readers.ReadAsync(connection => CallbackPages.FindDead(connection, id), cancellation);

    public ValueTask<OwedCount> CountOwedAsync(long subscription, int queue, int most, CancellationToken cancellation) =>
        readers.ReadAsync(connection => CallbackPages.CountOwed(connection, subscription, queue, most), cancellation);
}
