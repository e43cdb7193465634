using System.Globalization;

namespace Postern.Subscriptions;

/// <summary>How long replaced secrets go on signing, as callers write it: <c>0s</c>, <c>90s</c>, <c>15m</c>, <c>24h</c>, <c>7d</c>.</summary>
internal static class Overlap
{
    public static readonly TimeSpan Max = TimeSpan.FromDays(30);

    /// <summary>Null when it is not a duration, or longer than <see cref="Max"/>.</summary>
    public static TimeSpan? Parse(string text)
    {
        // Seven digits of seconds are more than thirty days.
        if (text.Length is < 2 or > 8 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        TimeSpan? span = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' when count <= Max.Days => TimeSpan.FromDays(count),
            _ => null,
        };
        return span <= Max ? span : null;
    }
}
