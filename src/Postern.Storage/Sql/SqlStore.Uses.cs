using Postern.Model.Access;
using Postern.Storage.Sql.Reading;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    public ValueTask<IReadOnlyList<CredentialUse>> ReadUsesAsync(CancellationToken cancellation) => readers.ReadAsync(UseRows.ReadAll, cancellation);

    public async ValueTask WriteUsesAsync(IReadOnlyList<CredentialUse> uses, IReadOnlyList<CredentialName> forgotten, CancellationToken cancellation) =>
        await writer.WriteAsync(new WriteUses(uses, forgotten, cancellation));
}
