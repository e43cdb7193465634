using System.Text.Json.Nodes;

namespace Postern.Operations;

/// <summary>How callers prove who they are, on each port.</summary>
internal static class OpenApiSecurity
{
    /// <summary>A consumer's credentials; none where no consumers are configured.</summary>
    public static JsonArray Gateway() => [Requirement("basic"), Requirement("apiKey"), new JsonObject()];

    /// <summary>The token; none where none is configured (loopback only).</summary>
    public static JsonArray Admin() => [Requirement("adminToken"), new JsonObject()];

    public static JsonObject Schemes() => new()
    {
        ["basic"] = new JsonObject
        {
            ["type"] = "http", ["scheme"] = "basic", ["description"] = "Name and password of a consumer (RFC 7617). Gateway port.",
        },
        ["apiKey"] = new JsonObject
        {
            ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-API-Key", ["description"] = "Key of a consumer. Gateway port.",
        },
        ["adminToken"] = new JsonObject
        {
            ["type"] = "http", ["scheme"] = "bearer", ["description"] = "The token of `admin.token` in the configuration. Admin port.",
        },
    };

    private static JsonObject Requirement(string scheme) => new() { [scheme] = new JsonArray() };
}
