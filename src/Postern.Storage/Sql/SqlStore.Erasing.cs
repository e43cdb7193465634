using System.Buffers.Text;
using System.Security.Cryptography;
using Postern.Ports;
using Postern.Storage.Sql.Erasing;

namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    public ValueTask<Erasure> OrderErasureAsync(ErasureOrder order, CancellationToken cancellation) =>
        new(writer.WriteAsync(new OrderErasure("ers_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)), order, cancellation)));

    public ValueTask<Erasure?> FindErasureAsync(string id, CancellationToken cancellation) =>
        readers.ReadAsync(connection => StoredErasure.Find(connection, id)?.Report, cancellation);

    public ValueTask<Erasure?> NextErasureAsync(CancellationToken cancellation) =>
        readers.ReadAsync(connection => StoredErasure.Next(connection)?.Report, cancellation);

    public ValueTask<ErasureStep> EraseAsync(string id, int limit, CancellationToken cancellation) => erasures.StepAsync(id, limit, cancellation);
}
