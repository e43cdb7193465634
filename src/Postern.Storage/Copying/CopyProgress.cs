using System.Globalization;
using Postern.Ports;
using Postern.Storage.PostgreSql;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Copying;

/// <summary>Which tables of a copy are whole, kept in the database itself: as long as this is there, no Postern opens it.</summary>
internal sealed class CopyProgress
{
    /// <summary>Name of the table that says so.</summary>
    public const string Table = "store_copy";

    private readonly Connection connection;
    private readonly HashSet<string> done = new(StringComparer.Ordinal);

    private CopyProgress(Connection connection)
    {
        this.connection = connection;
        using var rows = connection.Prepare($"SELECT name FROM {Table}");
        while (rows.Step())
        {
            done.Add(rows.Text(0));
        }
    }

    /// <exception cref="StoreRefusedException">The database holds something that is no copy under way.</exception>
    public static CopyProgress Open(Connection connection, string name)
    {
        if (!PostgreSqlSchema.Exists(connection, Table))
        {
            // What a Postern leaves that has only started: its counters are those of an empty store.
            if (CopiedTable.All.FirstOrDefault(table => table.Key.Length > 0 && connection.ReadNumber($"SELECT count(*) FROM (SELECT 1 FROM {table.Name} LIMIT 1) found") > 0) is { } table)
            {
                throw new StoreRefusedException($"The database {name} is not empty: its table {table.Name} has rows. Give the copy a database of its own.");
            }

            connection.Begin();
            connection.Execute($"CREATE TABLE {Table} (name text PRIMARY KEY)");
            connection.Commit();
        }

        return new CopyProgress(connection);
    }

    public bool IsDone(CopiedTable table) => done.Contains(table.Name);

    /// <summary>Where a table that is not whole goes on: behind this key; null: from its beginning.</summary>
    public long? Begin(CopiedTable table)
    {
        if (table.Grows && connection.ReadNumber($"SELECT coalesce(max({table.Key}), 0) FROM {table.Name}") is > 0 and var last)
        {
            return last;
        }

        connection.Begin();
        connection.Execute($"TRUNCATE {table.Name}");
        connection.Commit();
        return null;
    }

    /// <param name="given">The last number that was ever given in it, also where that row is gone: none is given twice, and whoever asks whether there were any hears yes.</param>
    public void End(CopiedTable table, long given)
    {
        connection.Begin();
        if (table.Numbers && given > 0)
        {
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"SELECT setval(pg_get_serial_sequence('{table.Name}', 'number'), {given})"));
        }

        connection.Prepare($"INSERT INTO {Table} (name) VALUES (?)").Bind(table.Name).Run();
        connection.Commit();
        done.Add(table.Name);
    }

    /// <summary>Nothing of a table counts.</summary>
    public void Undo(CopiedTable table)
    {
        connection.Begin();
        connection.Execute($"TRUNCATE {table.Name}");
        connection.Prepare($"DELETE FROM {Table} WHERE name = ?").Bind(table.Name).Run();
        connection.Commit();
    }

    /// <summary>From here on it is a store like any other.</summary>
    public void Finish()
    {
        connection.Begin();
        connection.Execute($"DROP TABLE {Table}");
        connection.Commit();
        try
        {
            connection.Execute("ANALYZE");
        }
        catch (EngineException)
        {
            // The server does it by itself by and by.
        }
    }
}
