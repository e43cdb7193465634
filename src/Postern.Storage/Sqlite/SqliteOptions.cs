namespace Postern.Storage.Sqlite;

/// <summary>How a SQLite store is opened.</summary>
public sealed record SqliteOptions
{
    /// <summary>The database file. Its folder is made when it is not there; <c>-wal</c>, <c>-shm</c> and <c>.lock</c> files stand beside it.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes of newest events that are kept in memory. Default 64 MiB.</summary>
    public long RecentEventBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of older events that are kept in memory after they were read for a callback. Default 16 MiB.</summary>
    public long ReadEventBytes { get; init; } = 16L << 20;

    /// <summary>Bytes of write-ahead log after which a checkpoint begins, beside the writer. Default 16 MiB.</summary>
    public long CheckpointBytes { get; init; } = 16L << 20;

    /// <summary>Bytes of write-ahead log after which the writer is held for a moment so that it starts over; at twice of it the writer waits. Default 128 MiB.</summary>
    public long LogLimitBytes { get; init; } = 128L << 20;

    /// <summary>Connections that read beside the writer. Default 4.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>How often a store that failed tries the disk when nobody writes. Default 1 s.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Name of the SQLite VFS through which the files are read and written; null: the system's own. A simulated disk is one.</summary>
    internal string? Vfs { get; init; }

    /// <summary><c>PRAGMA synchronous</c>. With anything below FULL an acknowledged commit is gone when the power is.</summary>
    internal string Synchronous { get; init; } = "FULL";

    /// <summary>
    /// Called once when a sync failed, with what is wrong: the kernel may have dropped what it was given, so nothing is written any
    /// more and the process should end. The next start moves what is in the log into the file with fresh syncs.
    /// </summary>
    public Action<string>? OnFatal { get; init; }
}
