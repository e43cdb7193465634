using System.Text;

namespace Postern.Gateway.Pipeline;

/// <summary>
/// Decodes the value of one header field of a request: the one place that sees its bytes before the server has made
/// something else of them.
/// </summary>
internal abstract class HeaderDecoder : Encoding
{
    /// <summary>The text the server gets for these bytes.</summary>
    protected abstract string Decode(ReadOnlySpan<byte> value);

    public override int GetCharCount(byte[] bytes, int index, int count) => Decode(bytes.AsSpan(index, count)).Length;

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        var text = Decode(bytes);
        text.CopyTo(chars);
        return text.Length;
    }

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    public override int GetMaxCharCount(int byteCount) => byteCount + 64;

    public override int GetByteCount(char[] chars, int index, int count) => Latin1.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetMaxByteCount(int charCount) => Latin1.GetMaxByteCount(charCount);
}
