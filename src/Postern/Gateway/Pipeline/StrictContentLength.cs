namespace Postern.Gateway.Pipeline;

/// <summary>
/// <c>Content-Length</c> is digits (RFC 9110 §8.6). Kestrel's own parser takes <c>+2</c> as well and keeps the number alone, so
/// that nothing later can see the sign; what it gets instead it refuses with 400.
/// </summary>
internal sealed class StrictContentLength : HeaderDecoder
{
    // long.MaxValue has 19 digits.
    private const int MaxDigits = 19;

    public static StrictContentLength Instance { get; } = new();

    protected override string Decode(ReadOnlySpan<byte> value) =>
        value.Length is 0 or > MaxDigits || value.ContainsAnyExceptInRange((byte)'0', (byte)'9') ? "?" : Latin1.GetString(value);
}
