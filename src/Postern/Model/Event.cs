namespace Postern.Model;

/// <summary>
/// A CloudEvents 1.0 event as the store keeps it: immutable, stored once, its data the very bytes that came in.
/// </summary>
public sealed record Event
{
    /// <summary>Place in the event log: 1, 2, 3 …; the order in which events were staged.</summary>
    public required long Sequence { get; init; }

    /// <summary>The gateway's own id, <c>evt_…</c>: <c>webhook-id</c> on the wire. See <see cref="EventId"/>.</summary>
    public required string Id { get; init; }

    /// <summary>When the event was staged (UTC, milliseconds).</summary>
    public required DateTimeOffset Staged { get; init; }

    public required EventContent Content { get; init; }

    /// <summary>What the disk gave back is not what was staged: it is never sent, and nobody may see it.</summary>
    public bool IsDamaged { get; init; }
}

/// <summary>What a publisher or capture gives: an event before the store has numbered it.</summary>
public sealed record EventContent
{
    /// <summary>
    /// The producer's <c>id</c> (CloudEvents 1.0 §3.1.1): <c>source</c> + <c>id</c> names one event for ever.
    /// Null for a captured change, whose <c>ce-id</c> is the gateway's own id.
    /// </summary>
    public string? ProducerId { get; init; }

    /// <summary>URI-reference; its path is the path of the resource.</summary>
    public required string Source { get; init; }

    public required string Type { get; init; }

    /// <summary>The record's key, as it stands in the path (percent-decoded); null when unknown.</summary>
    public string? Subject { get; init; }

    /// <summary>When it happened according to the producer (UTC); the time of staging when it said nothing.</summary>
    public required DateTimeOffset Time { get; init; }

    public string? DataContentType { get; init; }

    public string? DataSchema { get; init; }

    /// <summary>CloudEvents extension attributes (name → value in its string form), <c>traceparent</c> among them; null when there are none.</summary>
    public IReadOnlyDictionary<string, string>? Extensions { get; init; }

    /// <summary>Names of the consumers the event may be shown to, and of audiences that scopes grant; null: everyone who may subscribe.</summary>
    public IReadOnlyList<string>? Audience { get; init; }

    /// <summary>Set for a test event: the <see cref="Subscription.Number"/> of the only subscription it goes to.</summary>
    public long? Target { get; init; }

    /// <summary>The bytes that came in, or what the API returned; never re-serialised.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The path a subscription is matched against: the path of <see cref="Source"/>, and the record's key below it.</summary>
    public string Path => ResourcePath.Of(Source, Subject);
}

/// <summary>What staging answered for one event.</summary>
/// <param name="Id">The gateway's id of the event; of the first one when it is a duplicate.</param>
/// <param name="Sequence">Its place in the log.</param>
/// <param name="Duplicate">The same <c>source</c> + <c>id</c> was already there: nothing was stored.</param>
public readonly record struct Staged(string Id, long Sequence, bool Duplicate);
