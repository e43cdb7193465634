using Postern.Storage.Sqlite.Engine;
using SQLitePCL;

namespace Postern.Storage.Sqlite;

/// <summary>
/// Tells the faults after which nothing this process writes can be trusted: the kernel marks pages clean whose sync failed, so the
/// next sync may succeed without them.
/// </summary>
internal static class SyncFault
{
    /// <remarks>A write that is refused (full, read-only, EIO at once) is none: what was not taken is known, and is rolled back.</remarks>
    public static bool Is(EngineException exception) => exception.Code is raw.SQLITE_IOERR_FSYNC or raw.SQLITE_IOERR_DIR_FSYNC;
}
