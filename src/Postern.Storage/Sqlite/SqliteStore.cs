using Microsoft.Extensions.Logging;
using Postern.Ports;
using Postern.Storage.Sql;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sqlite;

/// <summary>The store in one SQLite file: one process, one writer with group commit, many readers.</summary>
public sealed class SqliteStore : SqlStore
{
    private SqliteStore(SqlEngine engine, TimeProvider time, ILogger logger)
        : base(engine, time, logger)
    {
    }

    /// <summary>Opens the file, makes it or brings it to this version, and starts the writer.</summary>
    /// <exception cref="StoreRefusedException">In use by another process, written by a newer version, not a store, or not writable.</exception>
    public static ValueTask<SqliteStore> OpenAsync(SqliteOptions options, TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        var opened = options with { Path = Path.GetFullPath(options.Path) };
        return OpenAsync(opened, () => SqliteEngine.Open(opened, logger), engine => new SqliteStore(engine, time, logger), cancellation);
    }
}
