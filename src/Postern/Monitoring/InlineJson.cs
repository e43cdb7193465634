using System.Text;
using System.Text.Json;

namespace Postern.Monitoring;

/// <summary>JSON that is kept as text or bytes, shown inside an answer.</summary>
internal static class InlineJson
{
    /// <summary>Null when the bytes are not one JSON text that can be shown.</summary>
    public static JsonElement? TryRead(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Announced as JSON, and is not: the caller shows its bytes.
            return null;
        }
    }

    public static JsonElement? Read(string? text) => text is null ? null : TryRead(Encoding.UTF8.GetBytes(text));
}
