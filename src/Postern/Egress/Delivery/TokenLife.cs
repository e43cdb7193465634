using System.Text.Json;

namespace Postern.Egress.Delivery;

/// <summary>How long an access token is used.</summary>
internal static class TokenLife
{
    /// <summary>Where the server does not say.</summary>
    public static readonly TimeSpan Unsaid = TimeSpan.FromMinutes(5);

    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>So long before its end it is not used any more: the clocks of two machines differ, and a request takes its time.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>However short its life is said to be: no server has itself asked at the rate of callbacks.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);

    /// <param name="seconds"><c>expires_in</c>: a number, which some servers write as text.</param>
    public static TimeSpan Of(JsonElement seconds)
    {
        var said = seconds.ValueKind switch
        {
            JsonValueKind.Number when seconds.TryGetDouble(out var number) => number,
            JsonValueKind.String when uint.TryParse(seconds.GetString(), out var number) => number,
            _ => double.NaN,
        };
        if (!(said >= 0))
        {
            return Unsaid;
        }

        var life = said < Longest.TotalSeconds ? TimeSpan.FromSeconds(said) : Longest;

        // A short one would never be used: half of it is then its margin.
        var used = life - (life / 2 < Margin ? life / 2 : Margin);
        return used < Shortest ? Shortest : used;
    }
}
