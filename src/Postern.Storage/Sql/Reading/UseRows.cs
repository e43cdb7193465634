using Postern.Model.Access;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

internal static class UseRows
{
    public static IReadOnlyList<CredentialUse> ReadAll(Connection connection)
    {
        using var rows = connection.Prepare("SELECT consumer, kind, id, used FROM credential_uses ORDER BY consumer, kind, id");
        var uses = new List<CredentialUse>();
        while (rows.Step())
        {
            uses.Add(new CredentialUse(new CredentialName(rows.Text(0), (CredentialKind)rows.Number(1), rows.Text(2)), rows.Time(3)));
        }

        return uses;
    }
}
