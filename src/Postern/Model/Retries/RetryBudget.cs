namespace Postern.Model.Retries;

/// <summary>The time a callback is tried for, from when it came to be owed.</summary>
public static class RetryBudget
{
    /// <summary>When its last attempt is made.</summary>
    public static DateTimeOffset End(RetryPolicy policy, DateTimeOffset since) => since + policy.GiveUpAfter;

    /// <summary>
    /// Whether its time is up. Asked after a failure, and of callbacks that wait at an endpoint which takes none at all; one
    /// whose turn has come at an endpoint that takes callbacks gets its attempt, however late.
    /// </summary>
    public static bool IsOver(RetryPolicy policy, DateTimeOffset since, DateTimeOffset now) => now >= End(policy, since);

    /// <summary>Since when a callback is owed.</summary>
    /// <param name="staged">When its event was staged: what counts for a callback that does not say.</param>
    public static DateTimeOffset Since(in DueCallback callback, DateTimeOffset staged) =>
        callback.Since > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(callback.Since) : staged;
}
