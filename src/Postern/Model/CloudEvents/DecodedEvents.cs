namespace Postern.Model.CloudEvents;

/// <summary>What came of decoding a publisher's request: a small closed set.</summary>
internal abstract record DecodedEvents
{
    private DecodedEvents()
    {
    }

    /// <summary>Valid events; none for an empty batch.</summary>
    public sealed record Valid(IReadOnlyList<EventContent> Events) : DecodedEvents;

    /// <summary>Readable, but attributes are wrong: messages by attribute, in a batch with its index: <c>[3].id</c>.</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, IReadOnlyList<string>> Errors) : DecodedEvents;

    /// <summary>The JSON cannot be read.</summary>
    public sealed record Malformed(string Detail) : DecodedEvents;

    public sealed record TooLarge(string Detail) : DecodedEvents;

    /// <summary>An event format or character set that is not understood.</summary>
    public sealed record Unsupported(string Detail) : DecodedEvents;
}

/// <summary>How events stand in an HTTP message (CloudEvents HTTP binding §3).</summary>
internal enum ContentMode
{
    Binary,
    Structured,
    Batch,
}

/// <summary>Bounds of what is decoded.</summary>
/// <param name="EventBytes">Largest single event.</param>
internal readonly record struct DecodeLimits(long EventBytes)
{
    /// <summary>Events of one batch.</summary>
    public const int BatchEvents = 1000;

    /// <summary>Largest body in a mode.</summary>
    public long BodyBytes(ContentMode mode) => mode == ContentMode.Batch ? 16 * EventBytes : EventBytes;
}
