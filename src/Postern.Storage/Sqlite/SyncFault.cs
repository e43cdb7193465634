using Postern.Storage.Sqlite.Engine;
using SQLitePCL;

namespace Postern.Storage.Sqlite;

/// <summary>
/// Tells the faults after which nothing this process writes can be trusted: the kernel marks pages clean whose sync failed, so the
/// next sync may succeed without them.
/// </summary>
internal static class SyncFault
{
    /// <param name="exception">What the engine said.</param>
    /// <param name="committing">It said so at the end of a transaction, where its pages are written and synced.</param>
    public static bool Is(EngineException exception, bool committing) =>
        exception.Code is raw.SQLITE_IOERR_FSYNC or raw.SQLITE_IOERR_DIR_FSYNC || (committing && exception.Code == raw.SQLITE_IOERR_WRITE);
}
