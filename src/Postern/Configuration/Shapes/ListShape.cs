using System.Text.Json.Nodes;
using Postern.Configuration.Reading;

namespace Postern.Configuration.Shapes;

/// <summary>A list of at least one; where <paramref name="orOne"/>, a single entry may stand without the list.</summary>
internal sealed class ListShape<T>(Shape<T> item, int max, bool orOne = false, bool mayBeEmpty = false) : Shape<IReadOnlyList<T>>
{
    public override bool TryRead(Node node, string path, Reader reader, out IReadOnlyList<T> value)
    {
        var read = new List<T>();
        value = read;
        if (node is ListNode list)
        {
            for (var index = 0; index < list.Items.Count; index++)
            {
                var at = KeyPath.Index(path, index);
                reader.Note(at, list.Items[index].Place);
                if (item.TryRead(list.Items[index], at, reader, out var entry))
                {
                    read.Add(entry);
                }
            }

            if ((list.Items.Count == 0 && !mayBeEmpty) || list.Items.Count > max)
            {
                reader.Report(path, $"has {list.Items.Count} entries: give {(mayBeEmpty ? 0 : 1)} to {max}.", node.Place);
                return false;
            }

            return true;
        }

        if (node is ScalarNode { IsNull: true })
        {
            reader.Report(path, "is empty: give a list, or remove the key.", node.Place);
            return false;
        }

        if (!orOne)
        {
            reader.Report(path, $"must be a list, not {node.Kind}: put each entry on a line of its own after '- '.", node.Place);
            return false;
        }

        if (!item.TryRead(node, path, reader, out var only))
        {
            return false;
        }

        read.Add(only);
        return true;
    }

    public override JsonObject Schema()
    {
        var array = new JsonObject { ["type"] = "array", ["items"] = item.Schema(), ["minItems"] = mayBeEmpty ? 0 : 1, ["maxItems"] = max };
        return orOne ? new JsonObject { ["anyOf"] = new JsonArray(item.Schema(), array) } : array;
    }

    public override JsonNode? Show(IReadOnlyList<T> value) => new JsonArray([.. value.Select(item.Show)]);
}
