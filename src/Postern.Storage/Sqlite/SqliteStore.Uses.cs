using Postern.Model.Access;
using Postern.Storage.Sqlite.Reading;
using Postern.Storage.Sqlite.Writing;

namespace Postern.Storage.Sqlite;

public sealed partial class SqliteStore
{
    public ValueTask<IReadOnlyList<CredentialUse>> ReadUsesAsync(CancellationToken cancellation) => readers.ReadAsync(UseRows.ReadAll, cancellation);

    public async ValueTask WriteUsesAsync(IReadOnlyList<CredentialUse> uses, IReadOnlyList<CredentialName> forgotten, CancellationToken cancellation) =>
        await writer.WriteAsync(new WriteUses(uses, forgotten, cancellation));
}
