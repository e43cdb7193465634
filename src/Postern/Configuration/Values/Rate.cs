using System.Globalization;
using System.Text.RegularExpressions;
using Postern.Model.Limits;

namespace Postern.Configuration.Values;

/// <summary>So many in so long, as people write it: <c>100/s</c>, <c>6000/m</c>, <c>1000/h</c>.</summary>
/// <param name="Count">1 to 1,000,000.</param>
/// <param name="Per">A second, a minute or an hour.</param>
public readonly partial record struct Rate(int Count, TimeSpan Per)
{
    public const int Most = 1_000_000;

    public const string Pattern = "^[1-9][0-9]{0,6}/(s|m|h)$";

    private static readonly (string Name, TimeSpan Length)[] Units =
        [("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1))];

    /// <summary>Null when the text is none.</summary>
    public static Rate? Parse(string text)
    {
        if (!Whole().IsMatch(text))
        {
            return null;
        }

        var count = int.Parse(text.AsSpan(0, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture);
        return count <= Most ? new Rate(count, Units.First(unit => text.EndsWith(unit.Name, StringComparison.Ordinal)).Length) : null;
    }

    public override string ToString()
    {
        var per = Per;
        return string.Create(CultureInfo.InvariantCulture, $"{Count}/{Units.First(unit => unit.Length == per).Name}");
    }

    /// <param name="burst">How many may come at once; null: as many as come in the time.</param>
    internal TokenRate Tokens(int? burst) => new(Count / Per.TotalSeconds, burst ?? Count);

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
