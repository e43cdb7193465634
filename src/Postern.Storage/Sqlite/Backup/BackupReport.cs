namespace Postern.Storage.Sqlite.Backup;

/// <summary>What a backup holds.</summary>
public sealed record BackupReport
{
    /// <summary>Of the file, which is alone: no log stands beside it.</summary>
    public required long Bytes { get; init; }

    /// <summary>The version of its tables: a Postern that knows a lower one does not open it.</summary>
    public required long Version { get; init; }

    /// <summary>The sequence of the newest event, and so how many there have ever been.</summary>
    public required long LastSequence { get; init; }

    /// <summary>Callbacks that are still owed.</summary>
    public required long Pending { get; init; }

    public required long Subscriptions { get; init; }

    /// <summary>The copy of the key file that stood beside the store; null: there was none.</summary>
    public required string? KeyFile { get; init; }
}
