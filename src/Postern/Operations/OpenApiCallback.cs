using System.Text.Json.Nodes;

namespace Postern.Operations;

/// <summary>A callback as its receiver sees it (DESIGN §4): the same path item under <c>webhooks</c> and under each call that subscribes.</summary>
internal static class OpenApiCallback
{
    public const string Tag = "Callbacks";

    private const string Structured = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json";

    public static JsonObject Create(string operationId) => new()
    {
        ["post"] = new JsonObject
        {
            ["operationId"] = operationId,
            ["tags"] = new JsonArray(Tag),
            ["summary"] = "An event for a subscription",
            ["description"] =
                """
                Sent until a 2xx comes or the schedule ends. `mode: binary`: the body is the event's data, byte for byte, and the attributes
                are `ce-*` headers. `mode: structured`: the body is the whole event as `application/cloudevents+json`, and there are no
                `ce-*` headers. Verify `webhook-signature` over `{webhook-id}.{webhook-timestamp}.{body}`, and drop what comes with a
                `webhook-id` that was seen before.
                """,
            ["security"] = new JsonArray(),
            ["parameters"] = new JsonArray([.. Headers.Select(header => (JsonNode)new JsonObject
            {
                ["name"] = header.Name, ["in"] = "header", ["required"] = header.Required, ["description"] = header.Description,
                ["schema"] = new JsonObject { ["type"] = "string" },
            })]),
            ["requestBody"] = new JsonObject
            {
                ["description"] = "The event.",
                ["content"] = new JsonObject
                {
                    ["application/json"] = new JsonObject { ["schema"] = new JsonObject { ["description"] = "Binary mode: the event's data, here as JSON." } },
                    [Structured] = new JsonObject { ["schema"] = SchemaOf(Structured) },
                    ["*/*"] = new JsonObject { ["schema"] = new JsonObject { ["description"] = "Binary mode: data of the event's own content type." } },
                },
            },
            ["responses"] = new JsonObject
            {
                ["2XX"] = new JsonObject { ["description"] = "Delivered." },
                ["410"] = new JsonObject { ["description"] = "The endpoint is gone for ever: the subscription ends." },
                ["default"] = new JsonObject
                {
                    ["description"] = "Failed, tried again by the schedule. Redirects are failures.",
                    ["headers"] = new JsonObject
                    {
                        ["Retry-After"] = new JsonObject
                        {
                            ["description"] = "When to try again, in seconds or as a date. It is obeyed.",
                            ["schema"] = new JsonObject { ["type"] = "string" },
                        },
                    },
                },
            },
        },
    };

    /// <summary>Schema of a body that only its media type describes.</summary>
    public static JsonObject SchemaOf(string media) => media switch
    {
        Structured => Reference(),
        Batch => new JsonObject { ["type"] = "array", ["items"] = Reference() },
        _ => new JsonObject { ["description"] = "The event's data, as it is." },
    };

    public static JsonObject Schemas() => new()
    {
        ["CloudEvent"] = new JsonObject
        {
            ["type"] = "object",
            ["description"] = "An event in the JSON format of CloudEvents 1.0; further members are extension attributes.",
            ["required"] = new JsonArray("specversion", "id", "source", "type"),
            ["properties"] = new JsonObject
            {
                ["specversion"] = new JsonObject { ["type"] = "string", ["const"] = "1.0" },
                ["id"] = Text("The producer's id; `source` and `id` together name one event."),
                ["source"] = Text("URI-reference; its path is the path of the resource.", "uri-reference"),
                ["type"] = Text("Type of the event: `orders.created`."),
                ["subject"] = Text("Key of the record."),
                ["time"] = Text("When it happened.", "date-time"),
                ["datacontenttype"] = Text("Media type of the data; JSON when missing."),
                ["dataschema"] = Text("Schema of the data.", "uri"),
                ["data"] = new JsonObject { ["description"] = "The data, when it is JSON or text." },
                ["data_base64"] = Text("The data in base64, when it is neither."),
            },
            ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") },
        },
    };

    private static readonly (string Name, bool Required, string Description)[] Headers =
    [
        ("webhook-id", true, "`evt_…`, the gateway's own id of the event: the same over all attempts and replays."),
        ("webhook-timestamp", true, "Unix time of this attempt, in seconds."),
        ("webhook-signature", true, "Standard Webhooks: `v1,` and the HMAC-SHA256 in base64; several, with spaces between them, while a secret is being rotated."),
        ("ce-specversion", false, "`1.0`. Binary mode, as all `ce-*`."),
        ("ce-id", false, "The producer's id of the event."),
        ("ce-type", false, "Type of the event."),
        ("ce-source", false, "Source of the event."),
        ("ce-subject", false, "Key of the record."),
        ("ce-time", false, "When it happened (RFC 3339)."),
        ("postern-hops", true, "How many callbacks led to this one, and itself. Send it along with what you call in return: a gateway refuses more than 5, which ends circles."),
        ("traceparent", false, "W3C Trace Context of the change that made the event."),
    ];

    private static JsonObject Reference() => new() { ["$ref"] = "#/components/schemas/CloudEvent" };

    private static JsonObject Text(string description, string? format = null)
    {
        var schema = new JsonObject { ["type"] = "string", ["description"] = description };
        if (format is not null)
        {
            schema["format"] = format;
        }

        return schema;
    }
}
