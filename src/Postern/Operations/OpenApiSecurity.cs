using System.Text.Json.Nodes;
using Postern.Model.Access;

namespace Postern.Operations;

/// <summary>How callers prove who they are, on each port.</summary>
internal static class OpenApiSecurity
{
    /// <summary>A consumer's credentials with the scope that the call needs; none where no consumers are configured.</summary>
    public static JsonArray Gateway(Operation operation) => [Requirement("basic", operation), Requirement("apiKey", operation), new JsonObject()];

    /// <summary>The token; none where none is configured (loopback only).</summary>
    public static JsonArray Admin(Operation operation) => [Requirement("adminToken", operation), new JsonObject()];

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

    // OpenAPI 3.1: of schemes other than OAuth, the list holds what the caller must be allowed.
    private static JsonObject Requirement(string scheme, Operation operation) => new()
    {
        [scheme] = operation.Scope is { } verb ? new JsonArray(new Scope(verb, null).ToString()) : new JsonArray(),
    };
}
