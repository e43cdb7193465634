using System.Text;

namespace Postern.Gateway.Pipeline;

/// <summary>
/// Decodes the value of <c>Content-Length</c> so that anything but digits is refused by Kestrel with 400.
/// </summary>
/// <remarks>
/// Kestrel's own parser takes <c>+2</c> (RFC 9110 §8.6 allows digits only) and keeps the number alone, so nothing later
/// can see the sign. The decoder of header values is the one place before it.
/// </remarks>
internal sealed class StrictContentLength : Encoding
{
    // long.MaxValue has 19 digits.
    private const int MaxDigits = 19;

    public static StrictContentLength Instance { get; } = new();

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        if (bytes.Length is 0 or > MaxDigits || bytes.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            chars[0] = '?';
            return 1;
        }

        return Latin1.GetChars(bytes, chars);
    }

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    public override int GetCharCount(byte[] bytes, int index, int count) => GetMaxCharCount(count);

    public override int GetMaxCharCount(int byteCount) => Math.Max(byteCount, 1);

    public override int GetByteCount(char[] chars, int index, int count) => Latin1.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetMaxByteCount(int charCount) => Latin1.GetMaxByteCount(charCount);
}
