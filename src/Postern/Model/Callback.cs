using System.Globalization;

namespace Postern.Model;

/// <summary>
/// A callback that is due now, as the hub carries it: 56 bytes, no reference, so that what waits in memory stays small.
/// </summary>
/// <param name="Id">The store's key of the callback; grows, never used again.</param>
/// <param name="Event">Sequence of the event.</param>
/// <param name="Subscription">Number of the subscription.</param>
/// <param name="Attempts">Attempts made so far.</param>
public readonly record struct DueCallback(long Id, long Event, long Subscription, int Attempts)
{
    /// <summary>The queue in whose backlog it stands (<see cref="Ports.QueueBacklog"/>); 0: fresh, handed to the hub and in no backlog.</summary>
    public int Queue { get; init; }

    /// <summary>Its place in the backlog: when it came due, milliseconds since 1970; 0 for a fresh one.</summary>
    public long Due { get; init; }

    /// <summary>Since when it is owed, milliseconds since 1970: where the time budget of its retries begins.</summary>
    public long Since { get; init; }

    /// <summary>What it is kept in order by, within its subscription: the hash of the record's path; 0: in no order.</summary>
    public long Order { get; init; }
}

/// <summary>A callback as the admin API shows it: one event owed to one subscription.</summary>
public sealed record Callback
{
    public required long Id { get; init; }
    public required string EventId { get; init; }
    public required string EventType { get; init; }
    public required string SubscriptionId { get; init; }
    public required string Consumer { get; init; }
    public required string Destination { get; init; }
    public required CallbackState State { get; init; }

    /// <summary>When it is sent next; null when the hub has it now, and for a dead or parked one.</summary>
    public DateTimeOffset? Due { get; init; }

    public required int Attempts { get; init; }
}

public enum CallbackState
{
    /// <summary>Owed: with the hub, or due later.</summary>
    Pending = 0,

    /// <summary>Owed, and kept while its subscription is paused.</summary>
    Parked = 1,

    /// <summary>Given up; kept for replay.</summary>
    Dead = 2,
}

/// <summary>Ids of callbacks as the admin API shows them: <c>cb_</c> and the store's key.</summary>
public static class CallbackId
{
    public static string Format(long id) => string.Create(CultureInfo.InvariantCulture, $"cb_{id}");

    public static bool TryParse(string text, out long id)
    {
        id = 0;
        return text.StartsWith("cb_", StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }
}
