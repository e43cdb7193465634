using Postern.Ports;
using Postern.Storage.Copying;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.PostgreSql;

/// <summary>Brings a database to the version that this program knows. Whoever does it holds the store's lock.</summary>
internal static class PostgreSqlSchema
{
    /// <exception cref="StoreRefusedException">The database is of a newer version, holds tables of another program, or does not keep what it acknowledges.</exception>
    public static void Prepare(Connection connection, PostgreSqlOptions options)
    {
        var name = options.Name;
        Refuse(connection, name);
        if (!options.Copies && Exists(connection, CopyProgress.Table))
        {
            throw new StoreRefusedException($"A copy into the store {name} has not ended: run `postern store copy` again until it has.");
        }

        Migration.Apply(
            connection, Migration.Of("postgresql"), Version(connection), name, version => connection.Prepare("UPDATE store SET version = ?").Bind(version).Run());
    }

    public static bool Exists(Connection connection, string table) =>
        connection.ReadNumber($"SELECT CASE WHEN to_regclass('{table}') IS NULL THEN 0 ELSE 1 END") == 1;

    private static void Refuse(Connection connection, string name)
    {
        if (connection.ReadNumber("SELECT CASE WHEN current_setting('fsync') = 'on' THEN 1 ELSE 0 END") == 0)
        {
            throw new StoreRefusedException(
                $"The store {name} runs with fsync = off: what it acknowledges is gone when the power is. Switch fsync on in postgresql.conf.");
        }

        if (connection.ReadNumber("SELECT current_setting('server_version_num')::int") is < 150_000 and var version)
        {
            throw new StoreRefusedException($"The store {name} is PostgreSQL {version / 10_000}: Postern needs 15 or later.");
        }

        if (!Exists(connection, "store") && Exists(connection, "events"))
        {
            throw new StoreRefusedException($"The store {name} has tables of another program. Give Postern a database of its own.");
        }
    }

    private static long Version(Connection connection) =>
        Exists(connection, "store") ? connection.ReadNumber("SELECT version FROM store") : 0;
}
