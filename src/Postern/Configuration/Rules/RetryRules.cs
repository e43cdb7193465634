using Postern.Configuration.Values;
using Postern.Model.Retries;

namespace Postern.Configuration.Rules;

/// <summary>What holds for the fields of retry settings together, whoever gives them.</summary>
internal static class RetryRules
{
    public const int MaxSchedule = 50;
    public const int MaxStatuses = 100;
    public const double MaxFactor = 10;

    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>What is wrong, by field.</summary>
    /// <param name="shortest">Shortest waiting time after a failure.</param>
    public static IEnumerable<(string Field, string Problem)> Problems(RetrySettings settings, TimeSpan shortest)
    {
        if (settings is { Schedule: not null, Backoff: not null })
        {
            yield return ("backoff", "stands beside schedule: give one of the two.");
        }

        if (settings.Schedule is { Count: > 0 } schedule)
        {
            // A callback is handed out with the event's commit and has no due time before it fails.
            if (schedule[0] != TimeSpan.Zero)
            {
                yield return ("schedule[0]", $"is {Durations.Show(schedule[0])}, but the first attempt is made at once: begin the schedule with 0s.");
            }
            else if (schedule.Count == 1)
            {
                yield return ("schedule", "has no waiting time after the first attempt: add one, or say giveUpAfter: 0s for a single attempt.");
            }

            for (var index = 1; index < schedule.Count; index++)
            {
                if (schedule[index] < shortest)
                {
                    yield return ($"schedule[{index}]", $"is {Durations.Show(schedule[index])}: a waiting time is {Durations.Show(shortest)} or longer.");
                }
            }
        }

        if (settings.Backoff is { } backoff)
        {
            if (backoff.Initial < shortest)
            {
                yield return ("backoff.initial", $"is {Durations.Show(backoff.Initial)}: a waiting time is {Durations.Show(shortest)} or longer.");
            }

            if (backoff.Max < backoff.Initial)
            {
                yield return ("backoff.max", $"is shorter than backoff.initial ({Durations.Show(backoff.Initial)}).");
            }
        }

        if (settings is { Statuses: not null, NotStatuses: not null })
        {
            foreach (var both in settings.NotStatuses.Intersect(settings.Statuses, StringComparer.Ordinal))
            {
                yield return ("notStatuses", $"'{both}' stands in statuses too: keep one.");
            }
        }
    }
}
