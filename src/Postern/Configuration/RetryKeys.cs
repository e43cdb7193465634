using Postern.Configuration.Reading;
using Postern.Configuration.Rules;
using Postern.Configuration.Shapes;
using Postern.Model.Retries;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>The keys of <c>retry</c>, for all callbacks and for those of one API.</summary>
internal static class RetryKeys
{
    private static readonly Shape<RetryBackoff> Backoff = new ObjectShape<RetryBackoff>(
        () => new(),
        new Key<RetryBackoff, TimeSpan>(
            "initial",
            "Waiting time after the first failure. 1ms to 30d.",
            Duration(TimeSpan.FromMilliseconds(1), RetryRules.Longest), (to, value) => to with { Initial = value }, from => from.Initial),
        new Key<RetryBackoff, double>(
            "factor",
            "What each waiting time is multiplied by for the next. 1 to 10.",
            Number(1, RetryRules.MaxFactor), (to, value) => to with { Factor = value }, from => from.Factor),
        new Key<RetryBackoff, TimeSpan>(
            "max",
            "Longest waiting time. 1ms to 30d.",
            Duration(TimeSpan.FromMilliseconds(1), RetryRules.Longest), (to, value) => to with { Max = value }, from => from.Max));

    private static readonly Shape<IReadOnlyList<string>> Statuses = new ListShape<string>(
        Text(
            "a status such as 429 or 5xx",
            static text => StatusPattern.Problem(text) is { } problem ? Parsed.No<string>(problem) : text,
            choices: null, pattern: StatusPattern.Expression, orNumber: true),
        RetryRules.MaxStatuses, orOne: true);

    /// <param name="shown">Whose values the schema shows as the defaults, and what keys that are not given keep.</param>
    public static Shape<RetrySettings> Shape(RetrySettings shown) => new ObjectShape<RetrySettings>(
        () => shown,
        new Key<RetrySettings, IReadOnlyList<TimeSpan>>(
            "schedule",
            "Waiting time before each attempt, the first of them 0s; the last one repeats until giveUpAfter is over. 2 to 50 entries, each 0s to 30d.",
            new ListShape<TimeSpan>(Duration(TimeSpan.Zero, RetryRules.Longest), RetryRules.MaxSchedule),
            (to, value) => to with { Schedule = value }, shown.Schedule is null ? null : from => from.Schedule!),
        new Key<RetrySettings, RetryBackoff>(
            "backoff",
            "Waiting times that grow by a factor, in place of a schedule.",
            Backoff, (to, value) => to with { Backoff = value }),
        new Key<RetrySettings, TimeSpan>(
            "giveUpAfter",
            "How long a callback is tried, from when it came to be owed; its last attempt is made then. 0s: one attempt. Subscriptions may ask for less. 0s to 30d.",
            Duration(TimeSpan.Zero, RetryRules.Longest),
            (to, value) => to with { GiveUpAfter = value }, shown.GiveUpAfter is null ? null : from => from.GiveUpAfter!.Value),
        new Key<RetrySettings, IReadOnlyList<string>>(
            "statuses",
            "The only statuses that are tried again: 429, or a class such as 5xx. Without it all failures are. No response at all is always tried again.",
            Statuses, (to, value) => to with { Statuses = value }),
        new Key<RetrySettings, IReadOnlyList<string>>(
            "notStatuses",
            "Statuses that are not tried again: their callbacks are dead at once, and kept for replay.",
            Statuses, (to, value) => to with { NotStatuses = value }),
        new Key<RetrySettings, double>(
            "jitter",
            "Share of a waiting time that is varied at random, up and down. 0 to 1.",
            Share(), (to, value) => to with { Jitter = value }, shown.Jitter is null ? null : from => from.Jitter!.Value))
    {
        Complete = Complete,
    };

    private static RetrySettings Complete(RetrySettings settings, string path, Reader reader)
    {
        // What was not said is shown as the default: what counts here is what was.
        var said = settings with { Schedule = IsSaid("schedule") ? settings.Schedule : null };
        foreach (var (field, problem) in RetryRules.Problems(said, shortest: TimeSpan.FromMilliseconds(1)))
        {
            reader.Report(path + "." + field, problem);
        }

        return settings.Backoff is null ? settings : settings with { Schedule = null };

        bool IsSaid(string key) => reader.PlaceOf(KeyPath.Key(path, key)) is not null;
    }
}
