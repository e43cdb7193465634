using Postern.Model;

namespace Postern.Ports;

/// <summary>A committed change of a subscription.</summary>
/// <param name="Subscription">As it stands now; as it stood last when removed.</param>
/// <param name="Removed">It does not exist any more.</param>
/// <param name="Log">End of the event log when it was committed: the change holds for the events after it.</param>
public sealed record SubscriptionChange(Subscription Subscription, bool Removed, long Log)
{
    /// <summary>What was known of its failing does not count any more: it was resumed after its end, or goes to another URL.</summary>
    public bool StartsAfresh { get; init; }

    /// <summary>As it stood, where it has got another queue by this change: what waits for it follows, in this commit and in commits soon after.</summary>
    public Subscription? Left { get; init; }
}

/// <summary>One event owed to one subscription, found by the listener.</summary>
/// <param name="Order">See <see cref="DueCallback.Order"/>.</param>
public readonly record struct Match(long Event, long Subscription, long Order = 0);

/// <summary>
/// A queue: what is owed to one consumer at one endpoint. Its backlog is what waits on disk, by due time; only the lane of the
/// endpoint takes from it.
/// </summary>
/// <param name="Queue">Number of the queue.</param>
/// <param name="Endpoint">Scheme, host and port.</param>
/// <param name="Consumer">Name of the consumer.</param>
/// <param name="Next">When the first callback of its backlog is due.</param>
public sealed record QueueBacklog(int Queue, string Endpoint, string Consumer, DateTimeOffset Next);

/// <summary>The due part of a queue's backlog, from its beginning. Reading takes nothing away: a callback leaves by its result.</summary>
/// <param name="Callbacks">Due by now, earliest first.</param>
/// <param name="Next">When the first one after them is due, which may have passed; null: there is none.</param>
public sealed record Backlog(IReadOnlyList<DueCallback> Callbacks, DateTimeOffset? Next);

/// <summary>Which subscriptions to list; what is null does not restrict.</summary>
public sealed record SubscriptionQuery
{
    public string? Consumer { get; init; }
    public string? Resource { get; init; }
    public string? Key { get; init; }

    /// <summary>Only those to this very path: where <see cref="Key"/> is null, those to the whole resource and none to its records.</summary>
    public bool ThisPathOnly { get; init; }

    public string? Callback { get; init; }
    public SubscriptionState? State { get; init; }

    /// <summary>Only those whose callbacks go to this endpoint, <c>https://example.com:443</c>.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Only those with a greater number.</summary>
    public long After { get; init; }

    public int Limit { get; init; } = 100;
}

/// <summary>Which events to list, newest first.</summary>
public sealed record EventQuery
{
    public string? Type { get; init; }
    public string? Source { get; init; }
    public string? Subject { get; init; }

    /// <summary>Only those with a smaller sequence; null: from the newest.</summary>
    public long? Before { get; init; }

    public int Limit { get; init; } = 100;
}

/// <summary>Which callbacks to list.</summary>
public sealed record CallbackQuery
{
    public CallbackState? State { get; init; }
    public long? Subscription { get; init; }

    /// <summary>The end of the page before; null: from the beginning.</summary>
    public CallbackCursor? After { get; init; }

    public int Limit { get; init; } = 100;
}

/// <summary>Which attempts to list, newest first.</summary>
public sealed record AttemptQuery
{
    public long? Subscription { get; init; }
    public long? Event { get; init; }
    public AttemptOutcome? Outcome { get; init; }

    /// <summary>Only those with a smaller number; null: from the newest.</summary>
    public long? Before { get; init; }

    public int Limit { get; init; } = 100;
}

/// <summary>Counters of the store.</summary>
/// <param name="LastSequence">End of the event log.</param>
/// <param name="Cursor">Where the listener stands.</param>
/// <param name="Pending">Callbacks owed (pending and parked).</param>
/// <param name="Dead">Callbacks given up and kept.</param>
/// <param name="Subscriptions">Subscriptions in any state.</param>
/// <param name="Healthy">The last write succeeded.</param>
/// <param name="Fault">Why the last write failed; null when healthy.</param>
public sealed record StoreStatistics(long LastSequence, long Cursor, long Pending, long Dead, long Subscriptions, bool Healthy, string? Fault);

/// <summary>The store could not make an operation durable; nothing of it was kept. Callers answer 503 with <c>Retry-After</c>.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The store cannot be opened as asked (in use by another process, made by a newer version): a fault of the configuration, told at start.</summary>
public sealed class StoreRefusedException(string message, Exception? inner = null) : Exception(message, inner);
