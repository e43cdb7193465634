using System.Text.Json.Nodes;
using Postern.Configuration.Reading;
using Postern.Configuration.Values;

namespace Postern.Configuration.Shapes;

/// <summary>
/// A mapping with a fixed set of keys. It always gives a value: what is wrong keeps its default, so that the rest can be checked too.
/// </summary>
internal sealed class ObjectShape<T>(Func<T> create, params IReadOnlyList<Key<T>> keys) : Shape<T>
{
    /// <summary>Makes of the whole what its keys only name; called where nothing is wrong with any of them.</summary>
    public Func<T, string, Reader, T>? Complete { get; init; }

    public override bool TryRead(Node node, string path, Reader reader, out T value)
    {
        value = create();
        var entries = node switch
        {
            MapNode map => map.Entries,
            ScalarNode { IsNull: true } => [],
            _ => null,
        };
        if (entries is null)
        {
            reader.Report(path, $"must be a mapping with the keys {string.Join(", ", keys.Select(key => key.Name))}, not {node.Kind}.", node.Place);
            return true;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var key = keys.FirstOrDefault(key => string.Equals(
                key.Name, entry.Key, entry.AnyCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal));
            if (key is null)
            {
                // A misspelled key is not missing as well: one mistake, one error.
                seen.Add(Spelling.Closest(entry.Key, keys.Select(known => known.Name)) ?? "");
                var name = entry.AnyCase ? entry.Key.ToLowerInvariant() : entry.Key;
                reader.Report(KeyPath.Key(path, name), Spelling.UnknownKey(name, keys.Select(known => known.Name)), entry.Place);
                continue;
            }

            seen.Add(key.Name);
            var at = KeyPath.Key(path, key.Name);
            reader.Note(at, entry.Value is ScalarNode ? entry.Value.Place : entry.Place);
            value = key.Read(value, entry.Value, at, reader);
        }

        foreach (var key in keys.Where(key => key.Required && !seen.Contains(key.Name)))
        {
            reader.Report(KeyPath.Key(path, key.Name), $"is missing. {key.Description}", reader.PlaceOf(path) ?? node.Place);
        }

        if (Complete is not null && !reader.HasErrorBelow(path))
        {
            value = Complete(value, path, reader);
        }

        return true;
    }

    public override JsonObject Schema()
    {
        var properties = new JsonObject();
        foreach (var key in keys)
        {
            properties[key.Name] = key.Schema(create());
        }

        var required = new JsonArray([.. keys.Where(key => key.Required).Select(key => (JsonNode)key.Name)]);
        var schema = new JsonObject
        {
            ["type"] = required.Count == 0 ? new JsonArray("object", "null") : "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
        };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        return schema;
    }
}

/// <summary>One key of an object: its name, its meaning and where its value goes.</summary>
internal abstract class Key<TOwner>(string name, string description)
{
    public string Name => name;

    public string Description => description;

    public bool Required { get; init; }

    public abstract TOwner Read(TOwner owner, Node node, string path, Reader reader);

    public abstract JsonObject Schema(TOwner defaults);
}

/// <inheritdoc/>
internal sealed class Key<TOwner, T>(
    string name, string description, Shape<T> shape, Func<TOwner, T, TOwner> set, Func<TOwner, T>? get = null) : Key<TOwner>(name, description)
{
    public override TOwner Read(TOwner owner, Node node, string path, Reader reader) =>
        shape.TryRead(node, path, reader, out var value) ? set(owner, value) : owner;

    public override JsonObject Schema(TOwner defaults)
    {
        var schema = new JsonObject { ["description"] = Description };
        if (get is not null && shape.Show(get(defaults)) is { } value)
        {
            schema["default"] = value;
        }

        foreach (var (keyword, content) in shape.Schema())
        {
            schema[keyword] = content?.DeepClone();
        }

        return schema;
    }
}
