using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Postern.Operations;

/// <summary>One page of a list.</summary>
internal sealed record Page<T>
{
    [Description("The entries of this page.")]
    public required IReadOnlyList<T> Items { get; init; }

    [Description("Give it as `after` to get the next page; null on the last page.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Next { get; init; }
}

internal static class Page
{
    /// <summary>A page of a list whose entries have growing numbers.</summary>
    public static Page<TEntry> Of<TItem, TEntry>(IReadOnlyList<TItem> read, int limit, Func<TItem, long> number, Func<TItem, TEntry> show) =>
        Of(read, limit, item => number(item).ToString(CultureInfo.InvariantCulture), show);

    /// <summary>Makes a page of what was read with a limit of one more than was asked for: the one too many tells that there is more.</summary>
    public static Page<TEntry> Of<TItem, TEntry>(IReadOnlyList<TItem> read, int limit, Func<TItem, string> cursor, Func<TItem, TEntry> show) => new()
    {
        Items = [.. read.Take(limit).Select(show)],
        Next = read.Count > limit ? cursor(read[limit - 1]) : null,
    };

    /// <summary>A page of a short list that stands in memory, ordered by name.</summary>
    public static Page<TEntry> OfNames<TEntry>(IEnumerable<TEntry> all, Func<TEntry, string> name, string? after, int limit) =>
        Of([.. all.OrderBy(name, StringComparer.Ordinal)
                .SkipWhile(entry => after is not null && string.CompareOrdinal(name(entry), after) <= 0)
                .Take(limit + 1)],
            limit, name, entry => entry);
}
