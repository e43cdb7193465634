using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite.Reading;
using Postern.Storage.Sqlite.Writing;

namespace Postern.Storage.Sqlite;

public sealed partial class SqliteStore
{
    public async ValueTask AuditAsync(AuditTarget target, CancellationToken cancellation) =>
        await writer.WriteAsync(new AddAudit(target, cancellation));

    public ValueTask<IReadOnlyList<AuditEntry>> ListAuditAsync(AuditQuery query, CancellationToken cancellation) =>
        readers.ReadAsync(connection => AuditRows.List(connection, query), cancellation);
}
