namespace Postern.Server.CrashTest;

/// <summary>The sums of a run.</summary>
internal sealed record LedgerTotals
{
    public required long Intended { get; init; }
    public required long Acknowledged { get; init; }

    /// <summary>Pairs of event and subscription that were owed for certain.</summary>
    public required long Owed { get; init; }

    /// <summary>Different pairs that were answered with a 2xx.</summary>
    public required long Delivered { get; init; }

    /// <summary>Callbacks that came, whatever was answered.</summary>
    public required long Received { get; init; }

    /// <summary>Callbacks that came again after they had been answered with a 2xx in time.</summary>
    public required long Duplicates { get; init; }

    /// <summary>The most duplicates that the crashes explain.</summary>
    public required long DuplicatesAllowed { get; init; }

    /// <summary>Answers that the gateway did not wait for: what comes again after one is a retry.</summary>
    public required long Timeouts { get; init; }
    public required int Crashes { get; init; }
    public required int Subscriptions { get; init; }

    /// <summary>Callbacks to ordered subscriptions whose order was looked at.</summary>
    public required long Ordered { get; init; }
}
