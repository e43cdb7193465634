using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Sealed;

namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    public ValueTask<IReadOnlyList<SealedRow>> ReadSealedAsync(SecretPurpose purpose, long after, int limit, CancellationToken cancellation) =>
        readers.ReadAsync(connection => SealedPlace.Of(purpose).Read(connection, after, limit), cancellation);

    public async ValueTask ReplaceSealedAsync(SecretPurpose purpose, IReadOnlyList<ResealedSecret> secrets, CancellationToken cancellation) =>
        await writer.WriteAsync(new ReplaceSealed(purpose, secrets, cancellation));
}
