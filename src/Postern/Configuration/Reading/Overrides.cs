using System.Globalization;

namespace Postern.Configuration.Reading;

/// <summary>Lays environment variables (<c>POSTERN__APIS__SHOP__UPSTREAM</c>) and the command line over the tree of the file.</summary>
internal static class Overrides
{
    private const string Prefix = "POSTERN__";

    public static Node Environment(Node tree, IReadOnlyDictionary<string, string> environment, List<ConfigurationError> errors)
    {
        var variables = environment
            .Where(variable => variable.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .Select(variable => (variable.Key, variable.Value, Segments: variable.Key[Prefix.Length..].Split("__")))
            // Shorter names first, then by number: a whole list before its entries, entry 2 before entry 10.
            .OrderBy(variable => variable.Key.Length).ThenBy(variable => variable.Key, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value, segments) in variables)
        {
            var origin = $"environment variable {name}";
            if (segments.Any(segment => segment.Length == 0))
            {
                errors.Add(new ConfigurationError(
                    "(environment)", "names no key: write the path's keys with two underscores between them, POSTERN__ADMIN__LISTEN.", null, origin));
                continue;
            }

            (tree, var problem) = Overlay.Set(tree, segments, new ScalarNode(value, Plain: false, new Place(origin, null)));
            if (problem is not null)
            {
                errors.Add(new ConfigurationError(string.Join('.', segments).ToLowerInvariant(), problem, null, origin));
            }
        }

        return tree;
    }

    public static Node CommandLine(Node tree, CommandLineOverrides overrides, List<ConfigurationError> errors)
    {
        var place = new Place("command line", null);
        if (overrides.Upstream is { } upstream)
        {
            var apis = Find(tree, "apis") is MapNode map ? map.Entries : [];
            if (apis.Count > 1)
            {
                var message = $"--upstream cannot tell which of the {apis.Count} APIs of the file it is for: set its upstream in the file instead.";
                errors.Add(new ConfigurationError("apis", message, null, place.Origin));
            }
            else
            {
                tree = Put(tree, ["apis", apis.Count == 1 ? apis[0].Key : "api", "upstream"], upstream, place);
            }
        }

        if (overrides.Data is { } data)
        {
            tree = Put(tree, ["store"], "sqlite:" + Path.Combine(data, "postern.db"), place);
        }

        foreach (var block in overrides.EgressAllow)
        {
            var count = Find(Find(tree, "egress"), "allow") switch
            {
                ListNode list => list.Items.Count,
                ScalarNode { IsNull: false } => 1,
                _ => 0,
            };
            tree = Put(tree, ["egress", "allow", count.ToString(CultureInfo.InvariantCulture)], block, place);
        }

        return tree;
    }

    private static Node Put(Node tree, string[] path, string value, Place place) =>
        Overlay.Set(tree, path, new ScalarNode(value, Plain: false, place)).Tree;

    private static Node? Find(Node? node, string key) =>
        (node as MapNode)?.Entries.FirstOrDefault(entry => string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase))?.Value;
}
