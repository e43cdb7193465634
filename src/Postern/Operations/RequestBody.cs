using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Postern.Operations;

/// <summary>Reads the JSON object of a request, within its limits.</summary>
internal static class RequestBody
{
    public const int MaxBytes = 64 * 1024;

    public static readonly IReadOnlyList<string> Json = ["application/json"];

    /// <summary>RFC 7396's own type, and what most clients send.</summary>
    public static readonly IReadOnlyList<string> MergePatch = ["application/merge-patch+json", "application/json"];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    public static async Task<JsonElement> ReadObjectAsync(HttpContext context, IReadOnlyList<string> mediaTypes) =>
        await TryReadObjectAsync(context, mediaTypes) ?? throw Empty();

    /// <summary>The bytes of a body, decoded, for a call that needs them as they came.</summary>
    public static async Task<byte[]> ReadAsync(HttpContext context)
    {
        var coding = ContentCoding.Of(context);
        return coding.Decode(await ReadBytesAsync(context.Request, context.RequestAborted), MaxBytes, TooLarge);
    }

    /// <summary>The JSON object of bytes that have been read.</summary>
    public static JsonElement ReadObject(HttpContext context, byte[] bytes, IReadOnlyList<string> mediaTypes)
    {
        if (bytes.Length == 0)
        {
            throw Empty();
        }

        RequireMediaType(context.Request.ContentType, mediaTypes);
        return Parse(bytes);
    }

    /// <summary>Null when the request has no body.</summary>
    public static async Task<JsonElement?> TryReadObjectAsync(HttpContext context, IReadOnlyList<string> mediaTypes)
    {
        var bytes = await ReadAsync(context);
        if (bytes.Length == 0)
        {
            return null;
        }

        RequireMediaType(context.Request.ContentType, mediaTypes);
        return Parse(bytes);
    }

    private static void RequireMediaType(string? contentType, IReadOnlyList<string> mediaTypes)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var parsed)
            || !mediaTypes.Any(type => parsed.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase))
            || (parsed.Charset.HasValue && !parsed.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            throw Problems.UnsupportedMediaType(
                $"Send the body as {string.Join(" or ", mediaTypes)} in UTF-8, not {(contentType is null ? "without a Content-Type" : "as " + contentType)}.");
        }
    }

    private static async Task<byte[]> ReadBytesAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.ContentLength > MaxBytes)
        {
            throw TooLarge();
        }

        var bytes = new ArrayBufferWriter<byte>();
        int read;
        while ((read = await request.Body.ReadAsync(bytes.GetMemory(4096), cancellation)) > 0)
        {
            bytes.Advance(read);
            if (bytes.WrittenCount > MaxBytes)
            {
                throw TooLarge();
            }
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static JsonElement Parse(byte[] bytes)
    {
        // System.Text.Json looks at the encoding of a string only when somebody reads it.
        if (!Utf8.IsValid(bytes))
        {
            throw Problems.Malformed("The body is not UTF-8.");
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            RequireText(document.RootElement);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw Problems.Malformed("The body must be a JSON object.");
        }
        catch (JsonException exception)
        {
            throw Problems.Malformed($"The body is not valid JSON: {exception.Message}");
        }
        catch (InvalidOperationException)
        {
            throw Problems.Malformed("The body holds a string with half a surrogate pair (\\ud800 to \\udfff), which is no text.");
        }
    }

    /// <summary>Reads every name and string once, so that none of them fails later.</summary>
    private static void RequireText(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    RequireText(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    RequireText(property.Value);
                }

                break;
        }
    }

    private static ProblemException Empty() => Problems.Malformed("The body is empty; send a JSON object.");

    private static ProblemException TooLarge() => Problems.TooLarge($"The body of this call may have {MaxBytes} bytes.");
}
