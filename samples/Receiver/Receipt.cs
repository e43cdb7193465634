namespace Postern.Samples.Receiver;

/// <summary>One call to the receiver.</summary>
public sealed record Receipt
{
    public required string Path { get; init; }

    /// <summary>Headers by lower-case name.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>What was answered.</summary>
    public required int Status { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>What is wrong with a forged call; null otherwise.</summary>
    public string? Fault { get; init; }

    /// <summary><see cref="TimeProvider.GetTimestamp"/> when its body had come.</summary>
    public required long At { get; init; }

    /// <summary>A header's value; empty when it did not come.</summary>
    public string this[string header] => Headers.GetValueOrDefault(header, "");
}

/// <summary>What the receiver thinks of a call.</summary>
public enum Verdict
{
    /// <summary>Its signature was made with the path's secret, within the last five minutes.</summary>
    Verified,

    /// <summary>The receiver has no secret for the path.</summary>
    Unverified,

    /// <summary>Not from the gateway, or not for this path.</summary>
    Forged,
}
