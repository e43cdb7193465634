namespace Postern.Model.Retries;

/// <summary>When a callback that failed is tried again, and for how long: every question answered.</summary>
public sealed record RetryPolicy
{
    /// <summary>The waiting times that Standard Webhooks 1.0.0 recommends, for three days.</summary>
    public static RetryPolicy Default { get; } = new();

    /// <summary>Waiting time before each attempt; the last one repeats.</summary>
    public IReadOnlyList<TimeSpan> Schedule { get; init; } =
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>In place of the schedule; null: the schedule holds.</summary>
    public RetryBackoff? Backoff { get; init; }

    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromDays(3);

    /// <summary>The only statuses that are tried again; null: all failures.</summary>
    public IReadOnlyList<string>? Statuses { get; init; }

    public IReadOnlyList<string>? NotStatuses { get; init; }

    public double Jitter { get; init; } = 0.2;

    /// <summary>
    /// This policy with what <paramref name="settings"/> say. Schedule and backoff are one answer to one question, and so are the
    /// two lists of statuses: who gives one of a pair replaces both.
    /// </summary>
    public RetryPolicy With(RetrySettings? settings)
    {
        if (settings is null)
        {
            return this;
        }

        var waits = settings.Schedule is not null || settings.Backoff is not null;
        var statuses = settings.Statuses is not null || settings.NotStatuses is not null;
        return this with
        {
            Schedule = settings.Schedule ?? Schedule,
            Backoff = waits ? settings.Backoff : Backoff,
            GiveUpAfter = settings.GiveUpAfter ?? GiveUpAfter,
            Statuses = statuses ? settings.Statuses : Statuses,
            NotStatuses = statuses ? settings.NotStatuses : NotStatuses,
            Jitter = settings.Jitter ?? Jitter,
        };
    }

    /// <summary>The same for a subscription, which may ask for less time than the operator gives it and never for more.</summary>
    public RetryPolicy WithSubscription(RetrySettings? settings)
    {
        var asked = With(settings);
        return asked.GiveUpAfter <= GiveUpAfter ? asked : asked with { GiveUpAfter = GiveUpAfter };
    }

    /// <summary>Whether a failure with this status is worth another attempt.</summary>
    public bool Retries(int status) =>
        (Statuses is null || StatusPattern.AnyMatches(Statuses, status)) && (NotStatuses is null || !StatusPattern.AnyMatches(NotStatuses, status));

    /// <summary>Waiting time after so many attempts, before jitter.</summary>
    /// <param name="made">Attempts made, 1 or more.</param>
    public TimeSpan Wait(int made)
    {
        if (Backoff is not { } backoff)
        {
            return Schedule[Math.Min(made, Schedule.Count - 1)];
        }

        // In floating point, where a power that is too large is infinite and not negative.
        var wait = backoff.Initial.TotalMilliseconds * Math.Pow(backoff.Factor, made - 1);
        return wait < backoff.Max.TotalMilliseconds ? TimeSpan.FromMilliseconds(wait) : backoff.Max;
    }
}
