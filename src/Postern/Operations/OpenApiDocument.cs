using System.Reflection;
using System.Text.Json.Nodes;
using Postern.Configuration;

namespace Postern.Operations;

/// <summary>
/// The OpenAPI 3.1 document of both ports, made from the tables of operations: what is dispatched is what is described.
/// </summary>
internal static class OpenApiDocument
{
    public static JsonObject Create(GatewayOperations gateway, AdminOperations admin, PosternConfiguration configuration)
    {
        var schemas = new OpenApiSchemas();
        var gatewayPaths = OpenApiPaths.Create(gateway.All, schemas, OpenApiSecurity.Gateway);
        var adminPaths = OpenApiPaths.Create(admin.All, schemas, OpenApiSecurity.Admin);

        var paths = new JsonObject();
        Add(paths, gatewayPaths, Server(configuration.Gateway.Listen, "Gateway port."));
        Add(paths, adminPaths, Server(configuration.Admin.Listen, "Admin port."));

        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = Info(),
            ["servers"] = new JsonArray(Server(configuration.Gateway.Listen, "Gateway port.")),
            ["tags"] = OpenApiTags.Create([.. gateway.All, .. admin.All]),
            ["paths"] = paths,
            ["webhooks"] = new JsonObject { ["event"] = OpenApiCallback.Create("receiveEvent") },
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.Components(OpenApiCallback.Schemas()),
                ["securitySchemes"] = OpenApiSecurity.Schemes(),
            },
        };
    }

    private static JsonObject Info() => new()
    {
        ["title"] = "Postern",
        ["version"] = typeof(OpenApiDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        ["description"] =
            """
            An event-driven API gateway: consumers subscribe to a resource of any REST API, and every change of it is called back
            to them, signed and retried.

            The gateway port takes subscriptions and events and passes everything else to the API behind it. `{resource}` in a path
            stands for the resource's own path, which may have several segments: `/shop/orders/subscribe`. The words `subscribe`,
            `unsubscribe`, `subscriptions` and `events` can be renamed for each API in the configuration.

            The admin port serves operators. Errors of both are `application/problem+json` (RFC 9457).
            """,
        ["license"] = new JsonObject { ["name"] = "Apache License 2.0", ["identifier"] = "Apache-2.0" },
        ["contact"] = new JsonObject { ["name"] = "The Postern authors" },
    };

    private static void Add(JsonObject paths, JsonObject more, JsonObject server)
    {
        foreach (var (path, item) in more.ToList())
        {
            more.Remove(path);
            item!.AsObject().Insert(0, "servers", new JsonArray(server.DeepClone()));
            paths.Add(path, item);
        }
    }

    // A port that listens on every address has no address of its own to show.
    private static JsonObject Server(string listen, string description) => new()
    {
        ["url"] = listen.Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal).Replace("//[::]", "//localhost", StringComparison.Ordinal)
            .Replace("//*", "//localhost", StringComparison.Ordinal).Replace("//+", "//localhost", StringComparison.Ordinal).TrimEnd('/'),
        ["description"] = description,
    };
}
