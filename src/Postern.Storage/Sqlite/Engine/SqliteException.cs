using Postern.Storage.Sql.Engine;
using SQLitePCL;

namespace Postern.Storage.Sqlite.Engine;

/// <summary>An error of SQLite with its extended result code (sqlite.org/rescode.html).</summary>
internal sealed class SqliteException(int code, string message) : EngineException($"SQLite error {code}: {message}")
{
    public int Code { get; } = code;

    /// <summary>The primary result code.</summary>
    public int Kind => Code & 0xff;

    public override bool IsLogical => Kind is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE or raw.SQLITE_ERROR;

    public override string Describe(string path) => Kind switch
    {
        raw.SQLITE_FULL => $"the disk that holds {path} is full: free space there",
        raw.SQLITE_READONLY => $"{path} or its file system is read-only: make it writable",
        raw.SQLITE_CANTOPEN => $"{path} or a file beside it cannot be opened: check the folder and its permissions",
        raw.SQLITE_IOERR => $"the disk that holds {path} answered with an I/O error ({Message}): check the disk",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => $"{path} is damaged ({Message}): stop Postern and restore the file from a backup",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"{path} is locked by another program: close what has the file open",
        _ => $"{path} could not be written ({Message})",
    };
}
