using Microsoft.Extensions.Logging;
using Postern.Storage.Sqlite.Engine;
using SQLitePCL;

namespace Postern.Storage.Sqlite;

/// <summary>
/// The faults after which nothing this process writes can be trusted: the kernel marks pages clean whose sync failed, so the next
/// sync may succeed without them. Whichever connection meets one, all of them stop.
/// </summary>
internal sealed class SyncFaults(SqliteOptions options, ILogger logger)
{
    private SqliteException? first;

    public bool Any => Volatile.Read(ref first) is not null;

    /// <summary>Ends everything when this is such a fault: from here on nothing is written and nothing acknowledged.</summary>
    public void Report(SqliteException exception)
    {
        if (Is(exception) && Interlocked.CompareExchange(ref first, exception, null) is null)
        {
            var why = exception.Describe(options.Path);
            StorageLog.SyncFailed(logger, why, exception);
            options.OnFatal?.Invoke(why);
        }
    }

    public void ThrowIfAny()
    {
        if (Volatile.Read(ref first) is { } fault)
        {
            throw fault;
        }
    }

    // A write that is refused (full, read-only, EIO at once) is none: what was not taken is known, and is rolled back.
    private static bool Is(SqliteException exception) => exception.Code is raw.SQLITE_IOERR_FSYNC or raw.SQLITE_IOERR_DIR_FSYNC;
}
