using Postern.Model.Access;
using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

internal static class ConsumerRows
{
    public static StoredConsumers ReadAll(Connection connection)
    {
        var read = new List<(long Number, StoredConsumer Consumer)>();
        using (var rows = connection.Prepare("SELECT number, name, scopes, operator, created FROM consumers ORDER BY name"))
        {
            while (rows.Step())
            {
                read.Add((rows.Number(0), Read(rows)));
            }
        }

        return new StoredConsumers(
            [.. read.Select(row => WithCredentials(connection, row.Number, row.Consumer))],
            WereAny: connection.ReadNumber(connection.Dialect.WereAny("consumers")) > 0);
    }

    public static (long Number, StoredConsumer Consumer)? Find(Connection connection, string name)
    {
        (long Number, StoredConsumer Consumer) found;
        using (var rows = connection.Prepare("SELECT number, name, scopes, operator, created FROM consumers WHERE name = ?").Bind(name))
        {
            if (!rows.Step())
            {
                return null;
            }

            found = (rows.Number(0), Read(rows));
        }

        return (found.Number, WithCredentials(connection, found.Number, found.Consumer));
    }

    /// <summary>When a consumer was made; null when there is none of this name.</summary>
    public static DateTimeOffset? SinceWhen(Connection connection, string name)
    {
        using var rows = connection.Prepare("SELECT created FROM consumers WHERE name = ?").Bind(name);
        return rows.Step() ? rows.Time(0) : null;
    }

    private static StoredConsumer Read(Statement rows) => new()
    {
        Name = rows.Text(1),
        Scopes = StoredJson.ReadList(rows.OptionalText(2)),
        Operator = rows.Number(3) != 0,
        Created = rows.Time(4),
    };

    private static StoredConsumer WithCredentials(Connection connection, long number, StoredConsumer consumer)
    {
        using var rows = connection
            .Prepare("SELECT id, kind, username, verifier, scopes, created, expires, replaced, replaced_until FROM credentials WHERE consumer = ? ORDER BY place").Bind(number);
        var credentials = new List<StoredCredential>();
        while (rows.Step())
        {
            credentials.Add(new StoredCredential
            {
                Id = rows.Text(0),
                Kind = (CredentialKind)rows.Number(1),
                Username = rows.OptionalText(2),
                Verifier = rows.Text(3),
                Scopes = StoredJson.ReadList(rows.OptionalText(4)),
                Created = rows.Time(5),
                Expires = rows.OptionalTime(6),
                Replaced = rows.OptionalText(7) is { } replaced ? new ReplacedPassword(replaced, rows.Time(8)) : null,
            });
        }

        return consumer with { Credentials = credentials };
    }
}
