using System.Text.Json.Nodes;
using Postern.Model.Access;

namespace Postern.Operations;

/// <summary>How callers prove who they are, on each port.</summary>
internal static class OpenApiSecurity
{
    /// <summary>A consumer's credentials with the scope that the call needs; none where no consumers are configured.</summary>
    public static JsonArray Gateway(Operation operation) =>
    [
        Requirement("basic", operation),
        Requirement("apiKey", operation),
        Requirement("token", operation),
        Requirement("certificate", operation),
        Requirement("httpSignature", operation),
        .. operation.OnlyPublishes ? [Requirement("webhookSignature", operation)] : Array.Empty<JsonObject>(),
        new JsonObject(),
    ];

    /// <summary>The token; none where none is configured (loopback only).</summary>
    public static JsonArray Admin(Operation operation) => [Requirement("adminToken", operation), Requirement("certificate", operation), new JsonObject()];

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
        ["token"] = new JsonObject
        {
            ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT", ["description"] = "JSON Web Token of a configured issuer (RFC 7519). Gateway port.",
        },
        ["certificate"] = new JsonObject
        {
            ["type"] = "mutualTLS", ["description"] = "Client certificate of a configured authority. Both ports.",
        },
        ["httpSignature"] = new JsonObject
        {
            ["type"] = "apiKey", ["in"] = "header", ["name"] = "signature",
            ["description"] = "HTTP message signature (RFC 9421) by a consumer's key, beside `signature-input` and, with a body, `content-digest` (RFC 9530). Gateway port.",
        },
        ["webhookSignature"] = new JsonObject
        {
            ["type"] = "apiKey", ["in"] = "header", ["name"] = "webhook-signature",
            ["description"] = "Standard Webhooks signature by a consumer's secret, beside `webhook-id` and `webhook-timestamp`. Gateway port, POST /events, events in the body alone.",
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
