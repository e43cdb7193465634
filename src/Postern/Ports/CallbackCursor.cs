using System.Globalization;
using Postern.Model;

namespace Postern.Ports;

/// <summary>
/// Where a page of callbacks ended: opaque to whoever pages. What is owed stands in several places, each with an order of its own.
/// </summary>
/// <param name="Place">Which place; they come in growing order.</param>
public readonly record struct CallbackCursor(int Place, long First, long Second, long Third)
{
    public static bool TryParse(string text, out CallbackCursor cursor)
    {
        cursor = default;
        var parts = text.Split('.');
        if (parts.Length != 4
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            || !TryRead(parts[1], out var first) || !TryRead(parts[2], out var second) || !TryRead(parts[3], out var third))
        {
            return false;
        }

        cursor = new CallbackCursor(place, first, second, third);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Place}.{First}.{Second}.{Third}");

    private static bool TryRead(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}

/// <summary>One page of callbacks.</summary>
/// <param name="Callbacks">May be fewer than asked for, even none, while there are more: a page costs a bounded number of rows looked at.</param>
/// <param name="Next">Where the next page begins; null: this was the last.</param>
public sealed record CallbackPage(IReadOnlyList<Callback> Callbacks, CallbackCursor? Next);

/// <summary>Dead callbacks that are owed again.</summary>
/// <param name="Count">How many.</param>
/// <param name="Due">Those due now, for the hub: fewer where some are held behind others in their order.</param>
public sealed record Revived(int Count, IReadOnlyList<DueCallback> Due);

/// <summary>What is owed to a subscription, counted up to a limit.</summary>
/// <param name="Count">How many were found.</param>
/// <param name="IsExact">All rows were looked at; else there may be more.</param>
/// <param name="Earliest">When the first of those that wait is due; null: none was found waiting.</param>
public sealed record OwedCount(int Count, bool IsExact, DateTimeOffset? Earliest);
