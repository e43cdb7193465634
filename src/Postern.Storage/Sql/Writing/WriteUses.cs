using Postern.Model.Access;

namespace Postern.Storage.Sql.Writing;

/// <summary>Writes down when credentials were used last.</summary>
internal sealed class WriteUses(IReadOnlyList<CredentialUse> uses, IReadOnlyList<CredentialName> forgotten, CancellationToken cancellation)
    : WriteOperation<bool>(cancellation)
{
    protected override bool Change(WriteTransaction transaction)
    {
        foreach (var (name, at) in uses)
        {
            transaction.Prepare(
                """
                INSERT INTO credential_uses (consumer, kind, id, used) VALUES (?, ?, ?, ?)
                ON CONFLICT (consumer, kind, id) DO UPDATE SET used = excluded.used WHERE excluded.used > credential_uses.used
                """)
                .Bind(name.Consumer).Bind((int)name.Kind).Bind(name.Id).Bind(at.ToUnixTimeMilliseconds()).Run();
        }

        foreach (var name in forgotten)
        {
            transaction.Prepare("DELETE FROM credential_uses WHERE consumer = ? AND kind = ? AND id = ?")
                .Bind(name.Consumer).Bind((int)name.Kind).Bind(name.Id).Run();
        }

        return true;
    }
}
