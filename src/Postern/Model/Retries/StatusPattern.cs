using System.Globalization;

namespace Postern.Model.Retries;

/// <summary>Statuses as people list them: <c>429</c>, or a class: <c>5xx</c>.</summary>
public static class StatusPattern
{
    /// <summary>ECMA-262 expression, for schemas.</summary>
    public const string Expression = "^([1345][0-9][0-9]|[1345]xx)$";

    /// <summary>What is wrong with it, to follow the text itself; null when it may stand in a policy.</summary>
    public static string? Problem(string text)
    {
        var known = text.Length == 3 && text[0] is >= '1' and <= '5'
            && (text.EndsWith("xx", StringComparison.Ordinal) || (char.IsAsciiDigit(text[1]) && char.IsAsciiDigit(text[2])));
        return text switch
        {
            _ when !known => "is not a status: write one such as 429, or a class such as 5xx.",
            _ when text[0] == '2' => "is no failure: leave it out, a 2xx is always delivered.",
            "410" => "ends the subscription: leave it out.",
            _ => null,
        };
    }

    public static bool AnyMatches(IReadOnlyList<string> patterns, int status)
    {
        foreach (var pattern in patterns)
        {
            if (Matches(pattern, status))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(string pattern, int status) => pattern[1] == 'x'
        ? status / 100 == pattern[0] - '0'
        : int.Parse(pattern, NumberStyles.None, CultureInfo.InvariantCulture) == status;
}
