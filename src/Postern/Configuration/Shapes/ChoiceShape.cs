using System.Text.Json.Nodes;
using Postern.Configuration.Reading;
using Postern.Configuration.Values;

namespace Postern.Configuration.Shapes;

/// <summary>A mapping whose key <c>type</c> says which other keys it has.</summary>
internal sealed class ChoiceShape<T>(string description, params IReadOnlyList<(string Type, Shape<T> Shape)> choices) : Shape<T>
{
    public override bool TryRead(Node node, string path, Reader reader, out T value)
    {
        value = default!;
        var types = string.Join(" or ", choices.Select(choice => choice.Type));
        if (node is not MapNode map)
        {
            reader.Report(path, $"must be a mapping with a type ({types}), not {node.Kind}.", node.Place);
            return false;
        }

        var type = map.Entries.FirstOrDefault(entry => string.Equals(
            entry.Key, "type", entry.AnyCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal));
        if (type is null)
        {
            reader.Report(KeyPath.Key(path, "type"), $"is missing: give {types}.", node.Place);
            return false;
        }

        var name = (type.Value as ScalarNode)?.Value ?? "";
        foreach (var choice in choices)
        {
            if (choice.Type == name)
            {
                var rest = map with { Entries = [.. map.Entries.Where(entry => entry != type)] };
                var before = reader.Errors.Count;
                return choice.Shape.TryRead(rest, path, reader, out value) && reader.Errors.Count == before;
            }
        }

        var suggestion = Spelling.Suggest(name, choices.Select(choice => choice.Type));
        reader.Report(KeyPath.Key(path, "type"), $"'{name}' is not known: give {types}.{suggestion}", type.Place);
        return false;
    }

    public override JsonObject Schema() => new()
    {
        ["oneOf"] = new JsonArray([.. choices.Select(choice =>
        {
            var schema = choice.Shape.Schema();
            var properties = new JsonObject { ["type"] = new JsonObject { ["description"] = description, ["const"] = choice.Type } };
            foreach (var (name, property) in schema["properties"]!.AsObject())
            {
                properties[name] = property!.DeepClone();
            }

            schema["properties"] = properties;
            var required = new JsonArray("type");
            foreach (var name in schema["required"]?.AsArray() ?? [])
            {
                required.Add(name!.DeepClone());
            }

            // A mapping with a type is never nothing, even where the type alone is required.
            schema["type"] = "object";
            schema["required"] = required;
            return (JsonNode)schema;
        })]),
    };
}
