using Postern.Model.Retries;

namespace Postern.Model;

/// <summary>A consumer's wish to be called back for the events at a path and below it.</summary>
public sealed record Subscription
{
    /// <summary>The store's own key, assigned once and never used again; callbacks and attempts refer to it.</summary>
    public long Number { get; init; }

    /// <summary><c>sub_…</c>, what consumers see.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the owner; <see cref="Model.Consumer.Anonymous"/> where no consumers are configured.</summary>
    public required string Consumer { get; init; }

    /// <summary>Path of the resource, <c>/orders</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>Key of one record, <c>42</c>; null for the whole resource.</summary>
    public string? Key { get; init; }

    /// <summary>Absolute http or https URL, as the consumer wrote it.</summary>
    public required string Callback { get; init; }

    /// <summary>Event types wanted; empty: all of them.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>The filter as JSON text in the dialects of the CloudEvents Subscriptions API; null: no filter.</summary>
    public string? Filter { get; init; }

    public CallbackMode Mode { get; init; }

    /// <summary>Whether callbacks of one record wait for each other; fixed when it is made.</summary>
    public SubscriptionOrder Order { get; init; }

    /// <summary>What the consumer says about retries; null: nothing.</summary>
    public RetrySettings? Retry { get; init; }

    /// <summary>Credentials, headers and TLS for its receiver; null: none of its own.</summary>
    public SubscriptionDelivery? Delivery { get; init; }

    public SubscriptionState State { get; init; }

    /// <summary>Why it is pending, paused, disabled or gone; null while active.</summary>
    public string? Reason { get; init; }

    /// <summary>Who disabled it; null in every other state.</summary>
    public DisabledBy? DisabledBy { get; init; }

    /// <summary>Since when its attempts have failed, all of them; null while they succeed. Kept by the store, not changed with the subscription.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>The receiver's consent at its callback URL; null where none was asked for.</summary>
    public Proof? Proof { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>The consumer's own JSON object, as JSON text; null: none.</summary>
    public string? Metadata { get; init; }

    /// <summary>Signing secrets, newest first. The newest signs always, an older one until it expires.</summary>
    public required IReadOnlyList<SealedSecret> Secrets { get; init; }

    /// <summary>It takes the events after this sequence: the end of the log when it was committed.</summary>
    public long After { get; init; }

    /// <summary>Grows by one with each committed change.</summary>
    public int Version { get; init; }

    /// <summary>The queue of its consumer at its endpoint; assigned by the store, also when the callback changes.</summary>
    public int Queue { get; init; }

    /// <summary>The path it is matched by.</summary>
    public string Path => Key is null ? Resource : ResourcePath.Of(Resource, Key);
}

/// <summary>A signing secret, encrypted; only the room that has the key can read it.</summary>
/// <param name="Ciphertext">Opaque to the store.</param>
/// <param name="Expires">When it stops signing; null: the current one.</param>
public sealed record SealedSecret(ReadOnlyMemory<byte> Ciphertext, DateTimeOffset? Expires);

public enum SubscriptionState
{
    /// <summary>Takes events; its callbacks are sent.</summary>
    Active = 0,

    /// <summary>Takes events, keeps its callbacks owed, sends nothing until the receiver at its URL has consented.</summary>
    Pending = 1,

    /// <summary>Takes events, keeps its callbacks owed, sends nothing until resumed.</summary>
    Paused = 2,

    /// <summary>Ended by the gateway or its operator; takes no events.</summary>
    Disabled = 3,

    /// <summary>Ended by the receiver, which answered 410 or did not consent; takes no events.</summary>
    Gone = 4,
}

public enum DisabledBy
{
    /// <summary>It failed for too long; its consumer may resume it.</summary>
    Gateway = 0,

    /// <summary>Somebody at the admin port, who alone may enable it again.</summary>
    Operator = 1,
}

/// <summary>How an event is put into a callback's body (CloudEvents HTTP binding §3).</summary>
public enum CallbackMode
{
    /// <summary>The body is the event's data, attributes are <c>ce-*</c> headers.</summary>
    Binary = 0,

    /// <summary>The body is the whole event as <c>application/cloudevents+json</c>.</summary>
    Structured = 1,
}

/// <summary>In what order callbacks are sent.</summary>
public enum SubscriptionOrder
{
    /// <summary>As they come: a callback that is tried again keeps no other waiting.</summary>
    None = 0,

    /// <summary>Those of one record one after the other: the next when the one before is delivered or given up.</summary>
    Key = 1,
}
