using Postern.Faults;
using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.PostgreSql;

/// <summary>Brings a database to the version that this program knows. Whoever does it holds the store's lock.</summary>
internal static class PostgreSqlSchema
{
    /// <exception cref="StoreRefusedException">The database is of a newer version, holds tables of another program, or does not keep what it acknowledges.</exception>
    public static void Prepare(Connection connection, string name)
    {
        Refuse(connection, name);
        var migrations = Migration.Of("postgresql");
        var version = Version(connection);
        if (version > migrations[^1].Version)
        {
            throw new StoreRefusedException(
                $"The store {name} has version {version}; this Postern knows up to version {migrations[^1].Version}. It was written by a newer Postern: run that one, or restore a backup of this version.");
        }

        foreach (var migration in migrations.Where(migration => migration.Version > version))
        {
            CrashPoint.Reach(CrashPoints.MigrationBefore);
            connection.Begin();
            connection.Execute(migration.Sql);
            CrashPoint.Reach(CrashPoints.MigrationAfterTables);
            connection.Prepare("UPDATE store SET version = ?").Bind(migration.Version).Run();
            CrashPoint.Reach(CrashPoints.MigrationBeforeCommit);
            connection.Commit();
            CrashPoint.Reach(CrashPoints.MigrationAfter);
        }
    }

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

        if (connection.ReadNumber("SELECT CASE WHEN to_regclass('store') IS NULL AND to_regclass('events') IS NOT NULL THEN 1 ELSE 0 END") == 1)
        {
            throw new StoreRefusedException($"The store {name} has tables of another program. Give Postern a database of its own.");
        }
    }

    private static long Version(Connection connection) =>
        connection.ReadNumber("SELECT CASE WHEN to_regclass('store') IS NULL THEN 0 ELSE 1 END") == 0
            ? 0
            : connection.ReadNumber("SELECT version FROM store");
}
