namespace Postern.Ports;

public partial interface IStore
{
    /// <summary>
    /// Removes a little of what is older than a time, the oldest first. An event that is still owed to anybody, or that the listener has
    /// not matched yet, is never removed. Of an event that goes sooner than <see cref="Promises.ProducerIds"/> after it was staged, its
    /// <c>source</c> + <c>id</c> is remembered until then: staged again, it is found.
    /// </summary>
    /// <param name="limit">Rows to remove at most; the store takes fewer where they are costly.</param>
    ValueTask<ExpiryStep> ExpireAsync(ExpiryKind kind, DateTimeOffset before, int limit, CancellationToken cancellation);

    /// <summary>How large the store is and how far back it goes. Costs the same however much it holds.</summary>
    ValueTask<StoreSize> ReadSizeAsync(CancellationToken cancellation);
}

/// <summary>What expires.</summary>
public enum ExpiryKind
{
    Attempts,

    /// <summary>Callbacks that were given up, by when they died.</summary>
    Dead,

    /// <summary>Answers kept for idempotency keys.</summary>
    Answers,

    /// <summary>What is remembered of removed events, by when they were staged.</summary>
    ProducerIds,

    /// <summary>Reports of what was erased.</summary>
    Reports,

    /// <summary>Jobs that have ended.</summary>
    Jobs,

    /// <summary>Entries of the audit log.</summary>
    Audit,

    /// <summary>After the callbacks: one that is gone keeps its event no longer.</summary>
    Events,
}

/// <summary>What holds whatever the configuration removes.</summary>
public static class Promises
{
    /// <summary>An event that is published again within this time is found, as the one that it was.</summary>
    public static readonly TimeSpan ProducerIds = TimeSpan.FromHours(24);
}

/// <summary>What a small step has removed.</summary>
/// <param name="More">There may be more that is old enough: ask again.</param>
/// <param name="Held">How long it kept the store from writing anything else, its share of the commit included.</param>
public readonly record struct ExpiryStep(int Removed, bool More, TimeSpan Held);

/// <param name="Used">Bytes in use: the file without the space that is free for use again.</param>
/// <param name="Oldest">When the oldest event was staged; null when there is none.</param>
public readonly record struct StoreSize(long Used, DateTimeOffset? Oldest);
