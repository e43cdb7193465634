using System.Text.Json.Nodes;
using Postern.Configuration.Reading;

namespace Postern.Configuration.Shapes;

/// <summary>A mapping whose keys the user chooses: names of APIs, paths of resources.</summary>
/// <param name="keyPattern">ECMA-262 expression of a key, for the schema.</param>
/// <param name="parseKey">The key as it is kept; the problem completes "'key' …".</param>
internal sealed class MapShape<T>(string keyPattern, Func<string, Parsed<string>> parseKey, Shape<T> item) : Shape<IReadOnlyDictionary<string, T>>
{
    /// <summary>Said when the key stands there with nothing after it; null: that is an empty mapping.</summary>
    public string? WhenNothing { get; init; }

    public override bool TryRead(Node node, string path, Reader reader, out IReadOnlyDictionary<string, T> value)
    {
        var read = new Dictionary<string, T>(StringComparer.Ordinal);
        value = read;
        if (node is ScalarNode { IsNull: true })
        {
            if (WhenNothing is { } message)
            {
                reader.Report(path, message, node.Place);
            }

            return WhenNothing is null;
        }

        if (node is not MapNode map)
        {
            reader.Report(path, $"must be a mapping of keys to values, not {node.Kind}.", node.Place);
            return false;
        }

        foreach (var entry in map.Entries)
        {
            // An environment variable in capitals says nothing about case; names are written small.
            var name = entry.AnyCase && !entry.Key.Any(char.IsLower) ? entry.Key.ToLowerInvariant() : entry.Key;
            var at = KeyPath.Key(path, name);
            reader.Note(at, entry.Place);
            var key = parseKey(name);
            if (key.Problem is { } problem)
            {
                reader.Report(at, $"'{name}' {problem}", entry.Place);
            }

            if (item.TryRead(entry.Value, at, reader, out var element) && key.Problem is null && !read.TryAdd(key.Value, element))
            {
                reader.Report(at, $"'{name}' means '{key.Value}', which is there already: keep one.", entry.Place);
            }
        }

        return true;
    }

    public override JsonObject Schema() => new()
    {
        ["type"] = WhenNothing is null ? new JsonArray("object", "null") : "object",
        ["propertyNames"] = new JsonObject { ["pattern"] = keyPattern },
        ["additionalProperties"] = item.Schema(),
    };
}
