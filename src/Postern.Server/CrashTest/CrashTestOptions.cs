namespace Postern.Server.CrashTest;

/// <summary>What is asked of a run.</summary>
internal sealed record CrashTestOptions
{
    /// <summary>How long the load lasts, healing and draining come after it; null: until the kills and events are reached.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>At least so many kills.</summary>
    public int? Kills { get; init; }

    /// <summary>At least so many acknowledged events.</summary>
    public int? Events { get; init; }

    public required int Seed { get; init; }

    /// <summary>Where everything stays after the run; null: a scratch directory that is removed.</summary>
    public string? Keep { get; init; }

    /// <summary>File for the result as JSON.</summary>
    public string? Report { get; init; }

    /// <summary>The program that is run as the node; null: this one.</summary>
    public string? Program { get; init; }

    /// <summary>URL of an empty PostgreSQL database; null: a SQLite file.</summary>
    public string? Store { get; init; }

    /// <summary>Ends the node at this crash point, once, in place of kills at random.</summary>
    public string? At { get; init; }
}
