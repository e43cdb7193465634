using System.Text.Json.Nodes;

namespace Postern.Operations;

/// <summary>The groups that operations are shown in.</summary>
internal static class OpenApiTags
{
    private static readonly Dictionary<string, string> Descriptions = new(StringComparer.Ordinal)
    {
        ["Subscriptions"] = "A consumer's own subscriptions: make, read, change, end, try out.",
        ["Events"] = "Events: publish them, see what can be subscribed to, read the log.",
        [OpenApiCallback.Tag] = "What the gateway sends to a subscription's callback URL.",
        ["Administration"] = "What an operator sees and does, over all consumers. Admin port.",
        ["Health"] = "For supervisors, balancers and monitoring. Admin port.",
    };

    public static JsonArray Create(IReadOnlyList<Operation> operations) =>
        [.. operations.Select(operation => operation.Tag).Append(OpenApiCallback.Tag).Distinct().Select(name => (JsonNode)Tag(name))];

    private static JsonObject Tag(string name) => new JsonObject
    {
        ["name"] = name,
        ["description"] = Descriptions.GetValueOrDefault(name) ?? throw new InvalidOperationException($"The tag {name} has no description: add it to OpenApiTags."),
    };
}
