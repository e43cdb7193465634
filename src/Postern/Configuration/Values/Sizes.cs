using System.Globalization;
using System.Text.RegularExpressions;

namespace Postern.Configuration.Values;

/// <summary>Sizes in bytes: <c>1048576</c>, <c>64KiB</c>, <c>1MiB</c>, <c>1GiB</c>.</summary>
internal static partial class Sizes
{
    public const string Pattern = "^[0-9]{1,12}(B|KiB|MiB|GiB)?$";

    private static readonly (string Unit, long Bytes)[] Units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

    public static long? Parse(string text)
    {
        if (!Whole().IsMatch(text))
        {
            return null;
        }

        var (unit, bytes) = Units.FirstOrDefault(unit => text.EndsWith(unit.Unit, StringComparison.Ordinal), ("", 1));
        return long.Parse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture) is var count
            && count > long.MaxValue / bytes ? long.MaxValue : count * bytes;
    }

    /// <summary>The shortest way to write it.</summary>
    public static string Show(long size)
    {
        var (unit, bytes) = Units.First(unit => unit.Bytes == 1 || (size > 0 && size % unit.Bytes == 0));
        return string.Create(CultureInfo.InvariantCulture, $"{size / bytes}{(bytes == 1 ? "" : unit)}");
    }

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
