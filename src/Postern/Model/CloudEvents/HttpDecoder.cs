using System.Net.Http.Headers;

namespace Postern.Model.CloudEvents;

/// <summary>Reads events out of an HTTP message: CloudEvents 1.0 HTTP binding in binary, structured and batch mode.</summary>
internal static class HttpDecoder
{
    public const string HeaderPrefix = "ce-";

    /// <summary>The mode by the beginning of the content type, without regard to case (§3).</summary>
    public static ContentMode ModeOf(string? contentType) =>
        contentType is null ? ContentMode.Binary
        : contentType.StartsWith("application/cloudevents-batch", StringComparison.OrdinalIgnoreCase) ? ContentMode.Batch
        : contentType.StartsWith("application/cloudevents", StringComparison.OrdinalIgnoreCase) ? ContentMode.Structured
        : ContentMode.Binary;

    /// <summary>Says why a content type cannot be decoded, before the body is read; null when it can.</summary>
    public static DecodedEvents.Unsupported? Refuse(string? contentType)
    {
        if (ModeOf(contentType) == ContentMode.Binary)
        {
            return null;
        }

        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)
            || !(type.MediaType!.Equals("application/cloudevents+json", StringComparison.OrdinalIgnoreCase)
                || type.MediaType.Equals("application/cloudevents-batch+json", StringComparison.OrdinalIgnoreCase)))
        {
            return NotUnderstood(contentType);
        }

        return type.CharSet is null || type.CharSet.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            ? null
            : new DecodedEvents.Unsupported("JSON is read as UTF-8 only: leave out the charset.");
    }

    /// <param name="headers">Header fields that begin with <c>ce-</c>; one entry for each value.</param>
    /// <param name="body">Kept by the events: it must not be changed afterwards.</param>
    /// <param name="now">The time of events that do not say when they happened.</param>
    public static DecodedEvents Decode(
        string? contentType, IReadOnlyList<(string Name, string Value)> headers, ReadOnlyMemory<byte> body, DecodeLimits limits, DateTimeOffset now)
    {
        if (Refuse(contentType) is { } refused)
        {
            return refused;
        }

        var mode = ModeOf(contentType);
        if (body.Length > limits.BodyBytes(mode))
        {
            return new DecodedEvents.TooLarge($"The body is larger than {limits.BodyBytes(mode)} bytes.");
        }

        return mode switch
        {
            ContentMode.Binary => DecodeBinary(contentType, headers, body, now),
            ContentMode.Structured => JsonDecoder.DecodeOne(body, now),
            _ => JsonDecoder.DecodeBatch(body, limits, now),
        };
    }

    private static DecodedEvents DecodeBinary(
        string? contentType, IReadOnlyList<(string Name, string Value)> headers, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        if (headers.Count == 0)
        {
            return NotUnderstood(contentType);
        }

        var errors = new Dictionary<string, IReadOnlyList<string>>();
        var draft = new EventDraft("", errors);
        foreach (var (header, value) in headers)
        {
            var name = header[HeaderPrefix.Length..].ToLowerInvariant();
            if (name == "datacontenttype")
            {
                draft.Fail(name, "has no header of its own in binary mode: Content-Type says it.");
            }
            else if (draft.Claim(name))
            {
                if (HeaderCoding.TryDecode(value, out var decoded))
                {
                    draft.Set(name, decoded);
                }
                else
                {
                    draft.Fail(name, "is not percent-encoded UTF-8 (write % as %25).");
                }
            }
        }

        if (!string.IsNullOrEmpty(contentType))
        {
            draft.Set("datacontenttype", contentType);
        }

        return draft.Build(body, now) is { } content ? new DecodedEvents.Valid([content]) : new DecodedEvents.Invalid(errors);
    }

    private static DecodedEvents.Unsupported NotUnderstood(string? contentType) =>
        new($"{(string.IsNullOrEmpty(contentType) ? "A request without Content-Type and ce- headers" : $"'{contentType}'")} is no event: send application/cloudevents+json, application/cloudevents-batch+json, or the data with its attributes in ce- headers.");
}
