using System.Globalization;
using System.Text;

namespace Postern.Model.Filters;

/// <summary>JSON numbers compared by value without rounding: 42 is 42.0 and 4.2e1, and 9007199254740993 is not 9007199254740992.</summary>
internal static class JsonNumber
{
    // Longer exponents would overflow; such a number equals only itself as it is written.
    private const int MaxExponentDigits = 17;

    /// <summary>One text for each value: the significant digits, and <c>e</c> with the power of ten where it is not 0.</summary>
    /// <param name="raw">A valid JSON number.</param>
    public static string Canonical(ReadOnlySpan<byte> raw)
    {
        if (raw.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0 && raw[^1] != (byte)'0')
        {
            return Encoding.ASCII.GetString(raw);
        }

        var negative = raw[0] == (byte)'-';
        var number = negative ? raw[1..] : raw;
        var exponentAt = number.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = exponentAt < 0 ? number : number[..exponentAt];
        var point = mantissa.IndexOf((byte)'.');
        var fraction = point < 0 ? default : mantissa[(point + 1)..];
        var digits = (Encoding.ASCII.GetString(point < 0 ? mantissa : mantissa[..point]) + Encoding.ASCII.GetString(fraction)).TrimStart('0');
        if (digits.Length == 0)
        {
            return "0";
        }

        if (!TryReadExponent(exponentAt < 0 ? default : number[(exponentAt + 1)..], out var exponent))
        {
            return Encoding.ASCII.GetString(raw);
        }

        var significant = digits.TrimEnd('0');
        exponent += digits.Length - significant.Length - fraction.Length;
        return string.Create(
            CultureInfo.InvariantCulture, $"{(negative ? "-" : "")}{significant}{(exponent == 0 ? "" : "e")}{(exponent == 0 ? null : exponent)}");
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out long exponent)
    {
        exponent = 0;
        return text.IsEmpty
            || (text.TrimStart("+-0"u8).Length <= MaxExponentDigits
                && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent));
    }
}
