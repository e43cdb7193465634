namespace Postern.Callbacks;

/// <summary>When a callback that failed is due again.</summary>
internal static class RetrySchedule
{
    /// <summary>The next due time; null when the last attempt has been made.</summary>
    /// <param name="schedule">Waiting time before each attempt.</param>
    /// <param name="made">Attempts made, the one that just failed among them.</param>
    /// <param name="jitter">Share of the waiting time that is varied, 0 to 1.</param>
    /// <param name="random">From 0 (shortest) to 1 (longest).</param>
    /// <param name="retryAfter">What the receiver asked for; never undercut, whatever the jitter.</param>
    public static DateTimeOffset? Next(
        IReadOnlyList<TimeSpan> schedule, int made, double jitter, double random, DateTimeOffset now, TimeSpan? retryAfter)
    {
        if (made >= schedule.Count)
        {
            return null;
        }

        var wait = schedule[made] * (1 + jitter * (2 * random - 1));
        return now + (retryAfter is { } asked && asked > wait ? asked : wait);
    }
}
