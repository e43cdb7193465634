using System.Text.Json.Nodes;
using Postern.Configuration.Reading;

namespace Postern.Configuration.Shapes;

/// <summary>A single value.</summary>
/// <param name="what">For messages: <c>a duration such as 15s</c>.</param>
/// <param name="schema">JSON Schema of the value when it is written out; a reference is always allowed beside it.</param>
internal sealed class ScalarShape<T>(
    string what, Func<string, Reader, Parsed<T>> parse, Func<JsonObject> schema, Func<T, JsonNode?>? show = null) : Shape<T>
{
    /// <summary>Never shown in a message.</summary>
    public bool Secret { get; init; }

    public override bool TryRead(Node node, string path, Reader reader, out T value)
    {
        value = default!;
        if (node is not ScalarNode scalar)
        {
            reader.Report(path, $"must be {what}, not {node.Kind}.", node.Place);
            return false;
        }

        if (scalar.IsNull || string.IsNullOrWhiteSpace(scalar.Value))
        {
            reader.Report(path, $"is empty: give {what}, or remove the key.", node.Place);
            return false;
        }

        if (Reference.Resolve(scalar, path, reader, out var shown) is not { } text)
        {
            return false;
        }

        var parsed = parse(text, reader);
        if (parsed.Problem is { } problem)
        {
            reader.Report(path, $"{(Secret ? "the value" : shown)} {problem}", node.Place);
            return false;
        }

        value = parsed.Value;
        return true;
    }

    public override JsonObject Schema() => new() { ["anyOf"] = new JsonArray(schema(), new JsonObject { ["$ref"] = "#/$defs/reference" }) };

    public override JsonNode? Show(T value) => show?.Invoke(value);
}
