using System.Globalization;

namespace Postern.Configuration.Reading;

/// <summary>Puts one value over a tree: pure, the tree that came in stays as it is.</summary>
internal static class Overlay
{
    /// <summary>The tree with <paramref name="value"/> at the place that <paramref name="segments"/> name; a problem when they name none.</summary>
    public static (Node Tree, string? Problem) Set(Node? tree, ReadOnlySpan<string> segments, Node value)
    {
        if (segments.IsEmpty)
        {
            return (value, null);
        }

        return tree is not MapNode && int.TryParse(segments[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? SetItem(tree, index, segments[1..], value)
            : SetEntry(tree as MapNode ?? MapNode.Empty(value.Place), segments[0], segments[1..], value);
    }

    private static (Node, string?) SetItem(Node? tree, int index, ReadOnlySpan<string> rest, Node value)
    {
        // A single value where a list may stand is a list of one.
        List<Node> items = tree switch
        {
            ListNode list => [.. list.Items],
            ScalarNode { IsNull: false } => [tree],
            _ => [],
        };
        if (index > items.Count)
        {
            return (tree ?? new ListNode(items, value.Place), $"leaves a gap: the list has {items.Count} entries, the next index is {items.Count}.");
        }

        var (item, problem) = Set(index < items.Count ? items[index] : null, rest, value);
        if (index < items.Count)
        {
            items[index] = item;
        }
        else
        {
            items.Add(item);
        }

        return (new ListNode(items, tree?.Place ?? value.Place), problem);
    }

    private static (Node, string?) SetEntry(MapNode map, string key, ReadOnlySpan<string> rest, Node value)
    {
        List<MapEntry> entries = [.. map.Entries];
        var at = entries.FindIndex(entry => entry.Key == key);
        if (at < 0)
        {
            at = entries.FindIndex(entry => string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase));
        }

        var (child, problem) = Set(at < 0 ? null : entries[at].Value, rest, value);
        if (at < 0)
        {
            entries.Add(new MapEntry(key, value.Place, child, AnyCase: true));
        }
        else
        {
            entries[at] = entries[at] with { Value = child };
        }

        return (map with { Entries = entries }, problem);
    }
}
