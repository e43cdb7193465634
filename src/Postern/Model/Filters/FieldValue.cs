using System.Runtime.InteropServices;
using System.Text.Json;

namespace Postern.Model.Filters;

internal enum FieldKind : byte
{
    String,
    Number,
    True,
    False,
    Null,
}

/// <summary>A value a filter can compare: equal values have equal fields.</summary>
/// <param name="Text">The string; a number in its canonical form; null for the others.</param>
internal readonly record struct FieldValue(FieldKind Kind, string? Text)
{
    public static FieldValue Of(string text) => new(FieldKind.String, text);

    /// <summary>False for an object, an array and a string that is no Unicode text (<c>"\uD800"</c>): nothing can be equal to them.</summary>
    public static bool TryRead(JsonElement element, out FieldValue value)
    {
        value = default;
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                if (!TryGetString(element, out var text))
                {
                    return false;
                }

                value = Of(text);
                return true;
            case JsonValueKind.Number:
                value = new FieldValue(FieldKind.Number, JsonNumber.Canonical(JsonMarshal.GetRawUtf8Value(element)));
                return true;
            case JsonValueKind.True:
                value = new FieldValue(FieldKind.True, null);
                return true;
            case JsonValueKind.False:
                value = new FieldValue(FieldKind.False, null);
                return true;
            case JsonValueKind.Null:
                value = new FieldValue(FieldKind.Null, null);
                return true;
            default:
                return false;
        }
    }

    private static bool TryGetString(JsonElement element, out string text)
    {
        try
        {
            text = element.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json throws for half a surrogate pair, which its parser lets through.
            text = "";
            return false;
        }
    }
}
