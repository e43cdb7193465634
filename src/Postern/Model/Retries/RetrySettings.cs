namespace Postern.Model.Retries;

/// <summary>
/// What somebody says about retries: the operator for all callbacks, for those of one API, or a consumer for one subscription.
/// What is null is left to whoever stands above; see <see cref="RetryPolicy.With"/>.
/// </summary>
public sealed record RetrySettings
{
    /// <summary>Waiting time before each attempt, the first of them 0; the last one repeats until the time is up. 2 to 50 entries.</summary>
    public IReadOnlyList<TimeSpan>? Schedule { get; init; }

    /// <summary>Waiting times that grow by a factor, in place of <see cref="Schedule"/>.</summary>
    public RetryBackoff? Backoff { get; init; }

    /// <summary>How long a callback is tried, from when it came to be owed; 0: one attempt. 0 s to 30 d.</summary>
    public TimeSpan? GiveUpAfter { get; init; }

    /// <summary>The only statuses that are tried again: <c>429</c>, <c>5xx</c>.</summary>
    public IReadOnlyList<string>? Statuses { get; init; }

    /// <summary>Statuses that are not tried again.</summary>
    public IReadOnlyList<string>? NotStatuses { get; init; }

    /// <summary>Share of a waiting time that is varied at random, up and down. 0 to 1.</summary>
    public double? Jitter { get; init; }
}

/// <summary>Exponential backoff.</summary>
public sealed record RetryBackoff
{
    /// <summary>Waiting time after the first failure. 1 ms to 30 d.</summary>
    public TimeSpan Initial { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What each waiting time is multiplied by for the next. 1 to 10.</summary>
    public double Factor { get; init; } = 2;

    /// <summary>Longest waiting time. 1 ms to 30 d.</summary>
    public TimeSpan Max { get; init; } = TimeSpan.FromHours(24);
}
