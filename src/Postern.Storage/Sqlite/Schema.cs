using System.Globalization;
using Postern.Faults;
using Postern.Ports;
using Postern.Storage.Sqlite.Engine;
using Postern.Storage.Sql.Writing;
using SQLitePCL;

namespace Postern.Storage.Sqlite;

/// <summary>Brings a file to the version that this program knows.</summary>
internal static class Schema
{
    // "Post" in ASCII: tells our files from those of other programs (PRAGMA application_id).
    private const long ApplicationId = 0x506f7374;

    /// <exception cref="StoreRefusedException">The file is of a newer version, or not a store of Postern at all.</exception>
    public static void Prepare(SqliteConnection connection, string path)
    {
        try
        {
            Refuse(connection, path);
            // Both are kept in the file: the size only takes hold before the first table, the mode outside a transaction.
            connection.Execute("PRAGMA page_size = 16384; PRAGMA journal_mode = WAL;");
            MoveLog(connection, path);
            Migrate(connection, path);
        }
        catch (SqliteException exception) when (exception.Kind == raw.SQLITE_NOTADB)
        {
            throw new StoreRefusedException($"{path} is not a database. Point `store` at another file, or move this one away.", exception);
        }
    }

    private static void Refuse(SqliteConnection connection, string path)
    {
        var tables = connection.ReadNumber("SELECT count(*) FROM sqlite_schema");
        if (tables > 0 && connection.ReadNumber("PRAGMA application_id") != ApplicationId)
        {
            throw new StoreRefusedException($"{path} is a database of another program. Point `store` at another file, or move this one away.");
        }
    }

    // After a sync that failed, what is read in the log may stand in the kernel's memory only, where it counts as written: a commit behind
    // it, or pages moved from it, would be worth nothing after a power loss. So it is written and synced once more before anybody relies on it.
    // What a crash has left is moved then, so that the log does not grow from one to the next.
    private static void MoveLog(SqliteConnection connection, string path)
    {
        connection.RewriteLog();
        if (!connection.TryMoveLog())
        {
            throw new StoreRefusedException($"The write-ahead log of {path} cannot be moved into the file: another program reads it. Close that one.");
        }
    }

    private static void Migrate(SqliteConnection connection, string path)
    {
        var migrations = Migration.Of("sqlite");
        var known = migrations[^1].Version;
        var version = connection.ReadNumber("PRAGMA user_version");
        if (version > known)
        {
            throw new StoreRefusedException(
                $"The store {path} has version {version}; this Postern knows up to version {known}. It was written by a newer Postern: run that one, or restore a backup of this version.");
        }

        connection.AddFunction("endpoint_name", StoredQueue.EndpointOf);
        foreach (var migration in migrations.Where(migration => migration.Version > version))
        {
            CrashPoint.Reach(CrashPoints.MigrationBefore);
            connection.Execute("BEGIN IMMEDIATE");
            connection.Execute(migration.Sql);
            CrashPoint.Reach(CrashPoints.MigrationAfterTables);
            connection.Execute(string.Create(
                CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {migration.Version}"));
            CrashPoint.Reach(CrashPoints.MigrationBeforeCommit);
            connection.Execute("COMMIT");
            CrashPoint.Reach(CrashPoints.MigrationAfter);
        }
    }
}
