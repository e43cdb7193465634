namespace Postern.Gateway.Identity.Signatures.Structured;

/// <summary>A value of a structured field (RFC 9651 §3.3), known by the one text that it is serialised to.</summary>
internal sealed record BareItem(string Text)
{
    public static readonly BareItem True = new("?1");

    /// <summary>What a string says; null for other kinds.</summary>
    public string? String { get; init; }

    /// <summary>Null for other kinds, decimals among them.</summary>
    public long? Integer { get; init; }

    /// <summary>What stands between colons; null for other kinds.</summary>
    public byte[]? Bytes { get; init; }

    public override string ToString() => Text;
}
