using System.Net.Http.Headers;
using System.Text;

namespace Postern.Model.CloudEvents;

/// <summary>What CloudEvents 1.0 asks of attributes (§3). Each method answers with what is wrong, or null.</summary>
internal static class AttributeRules
{
    public static string? Name(string name) =>
        name.Length > 0 && name.All(character => character is (>= 'a' and <= 'z') or (>= '0' and <= '9'))
            ? null
            : "is no name of an attribute: only a–z and 0–9 may stand in it.";

    /// <summary>Strings may not hold control characters, lone surrogates and noncharacters (§2.4).</summary>
    public static string? Text(string value)
    {
        var rest = value.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != System.Buffers.OperationStatus.Done
                || Rune.IsControl(rune) || (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF)
            {
                return "holds a control character or another character that attributes may not have.";
            }

            rest = rest[length..];
        }

        return null;
    }

    /// <summary>RFC 3986 §4.1; letters outside ASCII pass, as in an IRI.</summary>
    public static string? UriReference(string value)
    {
        for (var index = 0; index < value.Length; index++)
        {
            var character = value[index];
            var escaped = character != '%'
                || (index + 2 < value.Length && char.IsAsciiHexDigit(value[index + 1]) && char.IsAsciiHexDigit(value[index + 2]));
            if (!escaped || (char.IsAscii(character) && !char.IsAsciiLetterOrDigit(character) && !"-._~:/?#[]@!$&'()*+,;=%".Contains(character, StringComparison.Ordinal)))
            {
                return $"is no URI-reference: percent-encode the character at place {index + 1}.";
            }
        }

        return null;
    }

    public static string? AbsoluteUri(string value)
    {
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon < value.Length - 1 && char.IsAsciiLetter(value[0])
            && value.Take(colon).All(character => char.IsAsciiLetterOrDigit(character) || character is '+' or '-' or '.')
            ? UriReference(value)
            : "is no absolute URI.";
    }

    /// <summary>As a header can carry it: parameters in quotes may hold anything else to .NET's parser.</summary>
    public static string? MediaType(string value) =>
        !value.AsSpan().ContainsAnyExceptInRange(' ', '~') && MediaTypeHeaderValue.TryParse(value, out var type) && !type.MediaType!.Contains('*', StringComparison.Ordinal)
            ? null
            : "is no media type in ASCII, like application/json.";

    public static string? Time(string value) =>
        CloudEventTime.TryParse(value, out _) ? null : "is no RFC 3339 timestamp, like 2026-01-31T12:00:00Z.";
}
