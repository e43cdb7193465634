using System.Reflection;
using System.Text.Json.Nodes;

namespace Postern.EndToEnd.Attacks.Tenancy;

/// <summary>
/// The calls of both ports as <c>docs/reference/openapi.json</c> describes them. It is made from the tables of what is dispatched, and
/// another test keeps it so: a call that is added there is tried here, or is missed aloud.
/// </summary>
internal static class ApiDescription
{
    private static readonly string[] Methods = ["get", "put", "post", "patch", "delete"];

    private static readonly JsonObject Document = JsonNode.Parse(File.ReadAllText(
        typeof(ApiDescription).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static entry => entry.Key == "OpenApiFile").Value!))!.AsObject();

    public static IReadOnlyList<DescribedCall> Gateway { get; } = CallsAt("Gateway port.");

    public static IReadOnlyList<DescribedCall> Admin { get; } = CallsAt("Admin port.");

    private static DescribedCall[] CallsAt(string port) =>
    [
        .. from path in Document["paths"]!.AsObject()
           let item = path.Value!.AsObject()
           where (string?)item["servers"]![0]!["description"] == port
           from entry in item
           where Methods.Contains(entry.Key)
           select Read(path.Key, item, entry.Key, entry.Value!.AsObject()),
    ];

    private static DescribedCall Read(string path, JsonObject item, string method, JsonObject call) => new(
        (string)call["operationId"]!,
        method.ToUpperInvariant(),
        path,
        call["security"]!.AsArray().SelectMany(static one => one!.AsObject()).SelectMany(static scheme => scheme.Value!.AsArray()).Select(static scope => (string?)scope).FirstOrDefault(),
        [
            .. ParametersOf(item).Concat(ParametersOf(call)).Select(static parameter => $"{parameter["in"]} {parameter["name"]}"),
            .. FieldsOf(call).Select(static name => $"body {name}"),
        ]);

    private static IEnumerable<JsonNode> ParametersOf(JsonObject described) => described["parameters"]?.AsArray().Select(static one => one!) ?? [];

    private static IEnumerable<string> FieldsOf(JsonObject call) =>
        (call["requestBody"]?["content"]?.AsObject().Select(static media => media.Value!["schema"]!) ?? [])
        .Select(static schema => (string?)(schema["$ref"] ?? schema["items"]?["$ref"]))
        .OfType<string>()
        .SelectMany(static reference => Document["components"]!["schemas"]![reference.Split('/')[^1]]!["properties"]!.AsObject().Select(static property => property.Key))
        .Distinct();
}

/// <param name="Scope">What a credential must be allowed to do; null where consumers have no business.</param>
/// <param name="Inputs">All that a caller can put in, by place and name: <c>path id</c>, <c>query after</c>, <c>header ce-id</c>, <c>body callback</c>.</param>
internal sealed record DescribedCall(string Id, string Method, string Path, string? Scope, IReadOnlyList<string> Inputs)
{
    public override string ToString() => $"{Id} ({Method} {Path})";
}
