using System.Globalization;
using System.Text.RegularExpressions;

namespace Postern.Configuration.Values;

/// <summary>Durations as people write them: <c>500ms</c>, <c>15s</c>, <c>5m</c>, <c>1h30m</c>, <c>1d</c>.</summary>
internal static partial class Durations
{
    public const string Pattern = "^(0|([0-9]{1,9}(ms|s|m|h|d))+)$";

    public static TimeSpan? Parse(string text)
    {
        if (!Whole().IsMatch(text))
        {
            return null;
        }

        var total = 0m;
        foreach (Match part in Part().Matches(text))
        {
            total += decimal.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * Milliseconds(part.Groups[2].Value);
        }

        // Far more than any range allows, and what TimeSpan can hold.
        return TimeSpan.FromMilliseconds((double)Math.Min(total, 1e14m));
    }

    /// <summary>The shortest way to write it.</summary>
    public static string Show(TimeSpan duration)
    {
        var milliseconds = (long)duration.TotalMilliseconds;
        foreach (var unit in (string[])["h", "m", "s"])
        {
            if (milliseconds > 0 && milliseconds % Milliseconds(unit) == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / Milliseconds(unit)}{unit}");
            }
        }

        return milliseconds == 0 ? "0s" : string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
    }

    private static long Milliseconds(string unit) => unit switch { "ms" => 1, "s" => 1_000, "m" => 60_000, "h" => 3_600_000, _ => 86_400_000 };

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex("([0-9]+)(ms|s|m|h|d)", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
