using System.Text.Json;

namespace Postern.Gateway.Identity.Jwt;

/// <summary>Reads single claims; what has another form than it should is as if it were not there.</summary>
internal static class TokenClaims
{
    // The end of the year 9999, and a little before, so that the skew can be added.
    private const double LastSecond = 253_402_300_000;

    public static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) ? Text(value) : null;

    /// <summary>One text, or a list of nothing but texts.</summary>
    public static IReadOnlyList<string> Texts(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out var value))
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return Text(value) is { } only ? [only] : [];
        }

        var texts = new List<string>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
        {
            if (Text(item) is not { } text)
            {
                return [];
            }

            texts.Add(text);
        }

        return texts;
    }

    /// <summary>A NumericDate (RFC 7519 §2), which may have a fraction; false when the claim is there and is none.</summary>
    public static bool TryTime(JsonElement claims, string name, out double? seconds)
    {
        seconds = null;
        if (!claims.TryGetProperty(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || !(number is >= 0 and <= LastSecond))
        {
            return false;
        }

        seconds = number;
        return true;
    }

    /// <summary>Scopes as issuers write them: words of one text (RFC 8693 §4.2), or a list.</summary>
    public static IReadOnlyList<string> Scopes(JsonElement claims, string name) =>
        [.. Texts(claims, name).SelectMany(static text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.Ordinal)];

    private static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: no text.
            return null;
        }
    }
}
