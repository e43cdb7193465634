namespace Postern.Model.Retries;

/// <summary>When a callback that failed is due again.</summary>
public static class RetryTime
{
    /// <summary>
    /// The next due time; null when its time is up. The last attempt falls on the end of the budget itself: what would come
    /// after it, by the schedule or by the receiver's wish, comes then.
    /// </summary>
    /// <param name="made">Attempts made, the one that just failed among them.</param>
    /// <param name="since">Since when it is owed.</param>
    /// <param name="random">From 0 (shortest) to 1 (longest).</param>
    /// <param name="retryAfter">What the receiver asked for; undercut by nothing but the end, whatever the jitter.</param>
    public static DateTimeOffset? Next(
        RetryPolicy policy, int made, DateTimeOffset since, DateTimeOffset now, TimeSpan? retryAfter, double random)
    {
        if (RetryBudget.IsOver(policy, since, now))
        {
            return null;
        }

        var wait = policy.Wait(made) * (1 + policy.Jitter * (2 * random - 1));
        wait = retryAfter > wait ? retryAfter.Value : wait;
        var end = RetryBudget.End(policy, since);
        return wait < end - now ? now + wait : end;
    }
}
