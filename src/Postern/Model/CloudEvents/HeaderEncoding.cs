using System.Buffers;
using System.Text;

namespace Postern.Model.CloudEvents;

/// <summary>Values of <c>ce-*</c> headers: percent-encoded UTF-8 (CloudEvents HTTP binding §3.1.3.2).</summary>
public static class HeaderEncoding
{
    private const string Hex = "0123456789ABCDEF";

    // U+0021 to U+007E without the double quote and the percent sign.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x21, 0x7e - 0x21 + 1).Select(code => (char)code).Where(character => character is not ('"' or '%'))]);

    /// <summary>The value as it is put into a header. Half a surrogate pair becomes U+FFFD: it has no UTF-8 form.</summary>
    public static string Encode(string value)
    {
        var first = value.AsSpan().IndexOfAnyExcept(Plain);
        if (first < 0)
        {
            return value;
        }

        var encoded = new StringBuilder(value, 0, first, value.Length + 16);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in value.AsSpan(first).EnumerateRunes())
        {
            if (rune.IsBmp && Plain.Contains((char)rune.Value))
            {
                encoded.Append((char)rune.Value);
                continue;
            }

            foreach (var octet in bytes[..rune.EncodeToUtf8(bytes)])
            {
                encoded.Append('%').Append(Hex[octet >> 4]).Append(Hex[octet & 15]);
            }
        }

        return encoded.ToString();
    }
}
