using System.Text;
using System.Text.Json;
using Postern.Gateway.Pipeline;
using Postern.Model.CloudEvents;

namespace Postern.Gateway.Capture;

/// <summary>Finds the key of a record that the API has just made.</summary>
internal static class RecordKey
{
    // A key goes into paths and header fields: what is longer is some other text.
    private const int MaxLength = 1024;

    /// <summary>
    /// The key in a <c>Location</c>: its last segment, where that is below the resource (by the resource's last segment: what
    /// stands before it may differ behind the gateway). Null when it leads elsewhere, to a job for example.
    /// </summary>
    public static string? FromLocation(string? location, string resource)
    {
        if (string.IsNullOrEmpty(location))
        {
            return null;
        }

        var end = location.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? location : location[..end];
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            var root = path.IndexOf('/', scheme + 3);
            path = root < 0 ? "" : path[root..];
        }

        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length == 0 || segments[^1] is "." or "..")
        {
            return null;
        }

        var name = resource[(resource.LastIndexOf('/') + 1)..];
        var below = segments.Length == 1
            ? name.Length == 0 || !path.StartsWith('/')
            : name.Length == 0 || RequestPath.Decode(segments[^2]) == name;
        return below && RequestPath.Decode(segments[^1]) is { } key && AttributeRules.Text(key) is null ? key : null;
    }

    /// <summary>
    /// The field of a JSON object that holds the key, a number as it is written. Null when there is none, or the text is no JSON
    /// object. A text that was cut off is read as far as it goes.
    /// </summary>
    public static string? FromJson(ReadOnlySpan<byte> json, string field)
    {
        try
        {
            return Read(json, field);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, whatever its content type says, or a text that is no Unicode: there is no key in it.
            return null;
        }
    }

    /// <summary>Whether a body of this content type may be read as JSON; one that does not say is tried.</summary>
    public static bool IsJson(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            return true;
        }

        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = contentType.AsSpan(0, end < 0 ? contentType.Length : end).Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    private static string? Read(ReadOnlySpan<byte> json, string field)
    {
        var reader = new Utf8JsonReader(json.StartsWith(Encoding.UTF8.Preamble) ? json[3..] : json, isFinalBlock: false, default);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(field);
            if (!reader.Read())
            {
                return null;
            }

            if (found)
            {
                return reader.TokenType switch
                {
                    JsonTokenType.String when reader.GetString() is { Length: > 0 and <= MaxLength } text && AttributeRules.Text(text) is null => RequestPath.FromText(text),
                    JsonTokenType.Number when reader.ValueSpan.Length <= MaxLength => Encoding.ASCII.GetString(reader.ValueSpan),
                    _ => null,
                };
            }

            if (!reader.TrySkip())
            {
                return null;
            }
        }

        return null;
    }
}
