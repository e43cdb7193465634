namespace Postern.Model.Resources;

/// <summary>Splits paths of one API into resource and key: by its configured resources, or by convention.</summary>
internal sealed class ResourceMatcher
{
    private readonly string prefix;
    private readonly List<(string Path, string[] Segments)>? configured;

    /// <param name="prefix">Path of the API at the gateway; empty for the root.</param>
    /// <param name="resources">Configured resources; null: every path.</param>
    public ResourceMatcher(string prefix, IEnumerable<string>? resources)
    {
        this.prefix = prefix;
        // The longest first; of equal ones that with fewer placeholders.
        configured = resources?
            .Select(static path => (path, path.Split('/', StringSplitOptions.RemoveEmptyEntries)))
            .OrderByDescending(static resource => resource.Item2.Length)
            .ThenBy(static resource => resource.Item2.Count(IsPlaceholder))
            .ToList();
    }

    /// <summary>The configured resources at the gateway; null: every path.</summary>
    public IReadOnlyList<string>? Resources => configured?.ConvertAll(resource => prefix + "/" + string.Join('/', resource.Segments));

    /// <summary>What a path names; null when the configured resources do not cover it.</summary>
    /// <param name="segments">Decoded segments below the API's path.</param>
    /// <param name="lastIsKey">PUT, PATCH and DELETE: the last segment is a key where one can stand.</param>
    public RecordPath? Match(ReadOnlySpan<string> segments, bool lastIsKey)
    {
        if (configured is null)
        {
            return Convention(segments, [], 0, previousIsKey: true, lastIsKey);
        }

        foreach (var (path, template) in configured)
        {
            if (!Covers(template, segments))
            {
                continue;
            }

            var names = template.Where(static part => !IsPlaceholder(part)).ToList();
            var rest = segments.Length - template.Length;
            return rest <= 1
                ? new RecordPath { Resource = Join(segments[..template.Length]), Key = rest == 1 ? segments[^1] : null, Names = names, Configured = path }
                : Convention(segments, names, template.Length + 1, previousIsKey: true, lastIsKey);
        }

        return null;
    }

    /// <summary>The configured resource that a path lies at or below; null when there is none.</summary>
    public string? FindConfigured(ReadOnlySpan<string> segments)
    {
        foreach (var (path, template) in configured ?? [])
        {
            if (Covers(template, segments))
            {
                return path;
            }
        }

        return null;
    }

    private RecordPath Convention(ReadOnlySpan<string> segments, List<string> names, int start, bool previousIsKey, bool lastIsKey)
    {
        // A key never stands first: there would be no resource it is a record of.
        for (var index = start; index < segments.Length; index++)
        {
            var last = index == segments.Length - 1;
            var key = index > 0 && (KeyShape.IsCertain(segments[index])
                || (!previousIsKey && (KeyShape.IsLikely(segments[index]) || (last && lastIsKey))));
            if (!key)
            {
                names.Add(segments[index]);
            }
            else if (last)
            {
                return new RecordPath { Resource = Join(segments[..index]), Key = segments[index], Names = names };
            }

            previousIsKey = key;
        }

        return new RecordPath { Resource = Join(segments), Names = names };
    }

    private static bool Covers(string[] template, ReadOnlySpan<string> segments)
    {
        if (segments.Length < template.Length)
        {
            return false;
        }

        for (var index = 0; index < template.Length; index++)
        {
            if (!IsPlaceholder(template[index]) && template[index] != segments[index])
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsPlaceholder(string segment) => segment is ['{', .., '}'];

    private string Join(ReadOnlySpan<string> segments) =>
        segments.Length == 0 ? (prefix.Length == 0 ? "/" : prefix) : prefix + "/" + string.Join('/', segments);
}
