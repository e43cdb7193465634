namespace Postern.Gateway.Capture;

/// <summary>A body as capture has seen it.</summary>
/// <param name="Bytes">All of it; when it was omitted, what was read of it before.</param>
/// <param name="Omitted">Why it cannot be the data of an event (see <see cref="OmittedReason"/>); null when it can.</param>
internal readonly record struct CapturedBody(ReadOnlyMemory<byte> Bytes, string? ContentType, string? Omitted)
{
    /// <summary>There is something to show, or something that had to be left out.</summary>
    public bool Exists => Omitted is not null || !Bytes.IsEmpty;
}

/// <summary>Values of the extension <c>dataomitted</c>: why an event holds the reference to its record and not the body.</summary>
internal static class OmittedReason
{
    public const string Attribute = "dataomitted";

    /// <summary>It is larger than <c>capture.maxBodyBytes</c>.</summary>
    public const string Size = "size";

    /// <summary>It has a content coding (gzip, br) although none was asked for.</summary>
    public const string Encoding = "encoding";

    /// <summary>It is a stream of events that may never end.</summary>
    public const string Stream = "stream";

    /// <summary>It was cut off.</summary>
    public const string Incomplete = "incomplete";
}
