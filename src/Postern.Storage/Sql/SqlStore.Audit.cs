using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Reading;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    public async ValueTask AuditAsync(AuditTarget target, CancellationToken cancellation) =>
        await writer.WriteAsync(new AddAudit(target, cancellation));

    public ValueTask<IReadOnlyList<AuditEntry>> ListAuditAsync(AuditQuery query, CancellationToken cancellation) =>
        readers.ReadAsync(connection => AuditRows.List(connection, query), cancellation);
}
