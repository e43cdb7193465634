using System.Globalization;

namespace Postern.Callbacks.Outcomes;

/// <summary>The <c>Retry-After</c> of a response (RFC 9110 §10.2.3).</summary>
internal static class RetryAfter
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>No receiver can put its callbacks off for longer than this with one answer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    // RFC 9110 §5.6.7: the one format to send and the two old ones to accept.
    private static readonly string[] DateFormats = ["r", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy", "ddd MMM  d HH:mm:ss yyyy"];

    /// <summary>How long to wait: seconds or a date, kept within bounds. Null when it says neither.</summary>
    public static TimeSpan? Parse(string? value, DateTimeOffset now)
    {
        var text = value.AsSpan().Trim();
        if (text.IsEmpty)
        {
            return null;
        }

        if (!text.ContainsAnyExceptInRange('0', '9'))
        {
            // More digits than a long holds is a very long time, not nonsense.
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < Longest.TotalSeconds
                ? Clamp(TimeSpan.FromSeconds(seconds))
                : Longest;
        }

        return DateTimeOffset.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? Clamp(date - now)
            : null;
    }

    private static TimeSpan Clamp(TimeSpan wait) => wait < Shortest ? Shortest : wait > Longest ? Longest : wait;
}
