using System.Globalization;

namespace Postern.Model.CloudEvents;

/// <summary>
/// How many callbacks led to an event, one after the other: counted in a header of each callback, taken over by what the callback
/// causes at a gateway, so that gateways which call each other, or themselves, come to an end.
/// </summary>
internal static class Hops
{
    public const string Header = "Postern-Hops";

    /// <summary>The extension attribute in which an event keeps its count; it is not sent.</summary>
    public const string Attribute = "posternhops";

    /// <summary>A call that came over more is refused.</summary>
    public const int Most = 5;

    /// <summary>The count of an event; 0 when no callback led to it.</summary>
    public static int Of(EventContent content) => Parse(content.Extensions?.GetValueOrDefault(Attribute));

    /// <summary>What a header or an attribute says; 0 when it is none of ours. More digits than a number has are very many hops.</summary>
    public static int Parse(string? text) =>
        text is not { Length: > 0 } || text.AsSpan().ContainsAnyExceptInRange('0', '9') ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hops) && hops < int.MaxValue ? hops
        : int.MaxValue - 1;

    /// <summary>The same event with at least that count.</summary>
    public static EventContent Continue(EventContent content, int hops)
    {
        if (hops <= Of(content))
        {
            return content;
        }

        var extensions = new Dictionary<string, string>(content.Extensions ?? new Dictionary<string, string>(), StringComparer.Ordinal)
        {
            [Attribute] = hops.ToString(CultureInfo.InvariantCulture),
        };
        return content with { Extensions = extensions };
    }
}
