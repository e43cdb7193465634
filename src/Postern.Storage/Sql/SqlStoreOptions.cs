namespace Postern.Storage.Sql;

/// <summary>How a store is opened, whatever database it is in.</summary>
public abstract record SqlStoreOptions
{
    /// <summary>Bytes of newest events that are kept in memory. Default 64 MiB.</summary>
    public long RecentEventBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of older events that are kept in memory after they were read for a callback. Default 16 MiB.</summary>
    public long ReadEventBytes { get; init; } = 16L << 20;

    /// <summary>Connections that read beside the writer. Default 4.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>How often a store that failed tries again when nobody writes. Default 1 s.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Called once when nothing this process writes can be trusted any more, with what is wrong: nothing is written any more, and the process
    /// should end.
    /// </summary>
    public Action<string>? OnFatal { get; init; }

    /// <summary>How messages call the store.</summary>
    internal abstract string Name { get; }
}
