using System.Text.Json.Nodes;

namespace Postern.Operations;

/// <summary>Headers that come with a status wherever it is answered.</summary>
internal static class OpenApiHeaders
{
    public static JsonObject? Of(int status) => status switch
    {
        201 => Header("Location", "Path of what was made.", "string"),
        401 => Header("WWW-Authenticate", "The scheme that is asked for.", "string"),
        503 => Header("Retry-After", "Seconds to wait before trying again, where it is known.", "integer"),
        _ => null,
    };

    private static JsonObject Header(string name, string description, string type) => new()
    {
        [name] = new JsonObject { ["description"] = description, ["schema"] = new JsonObject { ["type"] = type } },
    };
}
