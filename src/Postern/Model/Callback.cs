using System.Globalization;

namespace Postern.Model;

/// <summary>
/// A callback that is due now, as the hub carries it: 32 bytes, no reference, so that a million of them cost 32 MB.
/// </summary>
/// <param name="Id">The store's key of the callback; grows, never used again.</param>
/// <param name="Event">Sequence of the event.</param>
/// <param name="Subscription">Number of the subscription.</param>
/// <param name="Attempts">Attempts made so far.</param>
public readonly record struct DueCallback(long Id, long Event, long Subscription, int Attempts);

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
