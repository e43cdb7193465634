namespace Postern.Model;

/// <summary>One try of a callback, as it is recorded.</summary>
public sealed record Attempt
{
    /// <summary>Place in the history of attempts; assigned by the store.</summary>
    public long Number { get; init; }

    public required DateTimeOffset At { get; init; }

    public required AttemptOutcome Outcome { get; init; }

    /// <summary>Status of the response; null when there was none.</summary>
    public int? Status { get; init; }

    /// <summary>From the start of the try to the end of the response.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What went wrong, in words for the developer at the other end; null when delivered.</summary>
    public string? Error { get; init; }

    /// <summary>The address that was dialled, <c>192.0.2.1:443</c>; null when none was.</summary>
    public string? Address { get; init; }

    /// <summary>The first 4 KiB of the response's body.</summary>
    public ReadOnlyMemory<byte> Response { get; init; }
}

/// <summary>An attempt of the history with the names that a reader needs.</summary>
/// <param name="Callback">The store's key of the callback.</param>
/// <param name="Ordinal">1 for the first try of the callback.</param>
/// <param name="EventId">Null, with its type, when the event is not kept any more.</param>
public sealed record AttemptEntry(Attempt Attempt, long Callback, int Ordinal, string? EventId, string? EventType, string? SubscriptionId);

public enum AttemptOutcome
{
    /// <summary>A 2xx.</summary>
    Delivered = 0,

    /// <summary>Failed, due again.</summary>
    Retry = 1,

    /// <summary>Failed for the last time.</summary>
    Dead = 2,

    /// <summary>410: the subscription has ended.</summary>
    Gone = 3,

    /// <summary>Nothing was sent: the API does not let the consumer read the record.</summary>
    Withheld = 4,
}

/// <summary>What happens to a callback after a try: a small closed set.</summary>
public abstract record CallbackOutcome
{
    private CallbackOutcome()
    {
    }

    /// <summary>Done: the callback is removed.</summary>
    public sealed record Delivered : CallbackOutcome
    {
        public static Delivered Instance { get; } = new();
    }

    /// <summary>Owed again at a later time.</summary>
    public sealed record RetryAt(DateTimeOffset Due) : CallbackOutcome;

    /// <summary>Given up, and kept for replay.</summary>
    public sealed record Dead(string Reason) : CallbackOutcome;

    /// <summary>The receiver said 410: its subscription becomes <see cref="SubscriptionState.Gone"/>, the callback is removed.</summary>
    public sealed record Gone : CallbackOutcome
    {
        public static Gone Instance { get; } = new();
    }

    /// <summary>Its subscription is paused: kept without a due time until it is resumed. Becomes pending at once when it is no longer paused.</summary>
    public sealed record Parked : CallbackOutcome
    {
        public static Parked Instance { get; } = new();
    }

    /// <summary>Its subscription has ended, or its consumer may not read the record: the callback is removed without an attempt at the receiver.</summary>
    public sealed record Dropped : CallbackOutcome
    {
        public static Dropped Instance { get; } = new();
    }
}

/// <summary>The result of one callback for the store to commit.</summary>
/// <param name="Attempt">The attempt to append; null when none was made (parked, dropped).</param>
public sealed record CallbackResult(DueCallback Callback, CallbackOutcome Outcome, Attempt? Attempt)
{
    /// <summary>
    /// The queue in whose backlog it is believed to wait when it is owed again; 0: not known. Where its subscription has another queue by then,
    /// it waits there, and those who work on that are told.
    /// </summary>
    public int Queue { get; init; }

    /// <summary>What the attempt changes about the subscription's health; null: nothing.</summary>
    public HealthChange? Health { get; init; }

    /// <summary>Events of the gateway itself to stage in the same commit; one that is there already (<c>source</c> + <c>id</c>) is not staged again.</summary>
    public IReadOnlyList<EventContent> Announcements { get; init; } = [];
}
