namespace Postern.Configuration.Values;

/// <summary>What the user probably meant.</summary>
internal static class Spelling
{
    /// <summary>Message for a key that nobody knows.</summary>
    public static string UnknownKey(string key, IEnumerable<string> known)
    {
        IReadOnlyList<string> names = [.. known];
        var suggestion = Suggest(key, names);
        return $"'{key}' is not a known key.{(suggestion.Length > 0 ? suggestion : $" Known here: {string.Join(", ", names)}.")}";
    }

    /// <summary><c> Did you mean 'x'?</c>, or nothing.</summary>
    public static string Suggest(string text, IEnumerable<string> known) => Closest(text, known) is { } name ? $" Did you mean '{name}'?" : "";

    /// <summary>The one that was probably meant; null when none is close.</summary>
    public static string? Closest(string text, IEnumerable<string> known)
    {
        var (name, distance) = known.Select(name => (name, Distance(Plain(text), Plain(name)))).OrderBy(pair => pair.Item2).FirstOrDefault();
        return name is not null && distance <= Math.Max(1, Math.Min(3, name.Length / 3)) ? name : null;
    }

    private static string Plain(string text) => text.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Edits from one text to the other: insert, remove, replace, swap neighbours (optimal string alignment).</summary>
    internal static int Distance(string from, string to)
    {
        var rows = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                var replace = rows[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replace, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[from.Length, to.Length];
    }
}
