using Postern.Storage.Sql;

namespace Postern.Storage.Sqlite;

/// <summary>How a SQLite store is opened.</summary>
public sealed record SqliteOptions : SqlStoreOptions
{
    /// <summary>The database file. Its folder is made when it is not there; <c>-wal</c>, <c>-shm</c> and <c>.lock</c> files stand beside it.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes of write-ahead log after which a checkpoint begins, beside the writer. Default 16 MiB.</summary>
    public long CheckpointBytes { get; init; } = 16L << 20;

    /// <summary>Bytes of write-ahead log after which the writer is held for a moment so that it starts over; at twice of it the writer waits. Default 128 MiB.</summary>
    public long LogLimitBytes { get; init; } = 128L << 20;

    /// <summary>Name of the SQLite VFS through which the files are read and written; null: the system's own. A simulated disk is one.</summary>
    internal string? Vfs { get; init; }

    /// <summary><c>PRAGMA synchronous</c>. With anything below FULL an acknowledged commit is gone when the power is.</summary>
    internal string Synchronous { get; init; } = "FULL";

    internal override string Name => Path;
}
