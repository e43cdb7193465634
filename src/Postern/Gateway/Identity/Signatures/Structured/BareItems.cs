using System.Buffers;
using System.Globalization;
using System.Text;

namespace Postern.Gateway.Identity.Signatures.Structured;

/// <summary>Reads single values of structured fields (RFC 9651 §4.2.3.1), by the character they begin with.</summary>
internal static class BareItems
{
    private const int MaxIntegerDigits = 15;
    private const int MaxWholeDigits = 12;
    private const int MaxFractionDigits = 3;

    private static readonly SearchValues<char> TokenLetters =
        SearchValues.Create("!#$%&'*+-.^_`|~:/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>The value that a text begins with, and its length there; null when it begins with none.</summary>
    public static BareItem? Read(ReadOnlySpan<char> text, out int length)
    {
        length = 0;
        return text.IsEmpty ? null : text[0] switch
        {
            '"' => ReadString(text, out length),
            ':' => ReadBytes(text, out length),
            '?' => ReadBoolean(text, out length),
            '@' => ReadDate(text, out length),
            '-' or (>= '0' and <= '9') => ReadNumber(text, out length),
            '*' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') => ReadToken(text, out length),
            _ => null,
        };
    }

    private static BareItem? ReadString(ReadOnlySpan<char> text, out int length)
    {
        var said = new StringBuilder();
        for (var at = 1; at < text.Length; at++)
        {
            var character = text[at];
            if (character == '"')
            {
                length = at + 1;
                return new BareItem(text[..length].ToString()) { String = said.ToString() };
            }

            if (character is < ' ' or > '~' || (character == '\\' && (++at == text.Length || text[at] is not ('"' or '\\'))))
            {
                break;
            }

            said.Append(text[at]);
        }

        length = 0;
        return null;
    }

    private static BareItem? ReadBytes(ReadOnlySpan<char> text, out int length)
    {
        var end = text[1..].IndexOf(':');
        length = end + 2;
        if (end < 0)
        {
            return null;
        }

        var encoded = text.Slice(1, end);
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64Chars(encoded, bytes, out var count)
            // The decoder takes white space and stray bits.
            && encoded.SequenceEqual(Convert.ToBase64String(bytes.AsSpan(0, count)))
                ? new BareItem(text[..length].ToString()) { Bytes = bytes[..count] }
                : null;
    }

    private static BareItem? ReadBoolean(ReadOnlySpan<char> text, out int length)
    {
        length = 2;
        return text.StartsWith("?1") ? BareItem.True : text.StartsWith("?0") ? new BareItem("?0") : null;
    }

    private static BareItem? ReadDate(ReadOnlySpan<char> text, out int length)
    {
        var seconds = ReadNumber(text[1..], out var digits);
        length = digits + 1;
        return seconds?.Integer is null ? null : new BareItem("@" + seconds.Text);
    }

    private static BareItem? ReadToken(ReadOnlySpan<char> text, out int length)
    {
        var end = text.IndexOfAnyExcept(TokenLetters);
        length = end < 0 ? text.Length : end;
        return new BareItem(text[..length].ToString());
    }

    private static BareItem? ReadNumber(ReadOnlySpan<char> text, out int length)
    {
        var sign = text.StartsWith('-') ? 1 : 0;
        var whole = Digits(text[sign..]);
        length = sign + whole;
        if (length == text.Length || text[length] != '.')
        {
            return whole is > 0 and <= MaxIntegerDigits && long.TryParse(text[..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
                ? new BareItem(integer.ToString(CultureInfo.InvariantCulture)) { Integer = integer }
                : null;
        }

        var fraction = Digits(text[(length + 1)..]);
        length += 1 + fraction;
        return whole is > 0 and <= MaxWholeDigits && fraction is > 0 and <= MaxFractionDigits
            ? new BareItem(decimal.Parse(text[..length], CultureInfo.InvariantCulture).ToString("0.0##", CultureInfo.InvariantCulture))
            : null;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }
}
