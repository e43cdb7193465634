using System.ComponentModel;
using System.Text.Json;
using Postern.Configuration.Values;
using Postern.Model.Retries;

namespace Postern.Operations;

[Description("When a callback that failed is tried again, and for how long. Durations are written 500ms, 15s, 5m, 2h, 1d.")]
internal sealed record RetryView
{
    [Description("Waiting time before each attempt, the first of them `0s`, the others 1s to 30d; the last one repeats until `giveUpAfter` is over. 2 to 50 entries.")]
    public IReadOnlyList<string>? Schedule { get; init; }

    [Description("Waiting times that grow by a factor, in place of `schedule`.")]
    public BackoffView? Backoff { get; init; }

    [Description("How long a callback is tried, from when it came to be owed; its last attempt is made then. `0s`: one attempt. At most what the operator gives.")]
    public string? GiveUpAfter { get; init; }

    [Description("The only statuses that are tried again: `429`, or a class: `5xx`. No response at all is always tried again.")]
    public IReadOnlyList<string>? Statuses { get; init; }

    [Description("Statuses that are not tried again: their callbacks are dead at once, and kept for replay.")]
    public IReadOnlyList<string>? NotStatuses { get; init; }

    [Description("Share of a waiting time that is varied at random, up and down: 0 to 1.")]
    public double? Jitter { get; init; }

    public static RetryView? Of(RetrySettings? settings) => settings is null ? null : new()
    {
        Schedule = settings.Schedule is null ? null : [.. settings.Schedule.Select(Durations.Show)],
        Backoff = settings.Backoff is not { } backoff ? null : new()
        {
            Initial = Durations.Show(backoff.Initial), Factor = backoff.Factor, Max = Durations.Show(backoff.Max),
        },
        GiveUpAfter = settings.GiveUpAfter is { } time ? Durations.Show(time) : null,
        Statuses = settings.Statuses,
        NotStatuses = settings.NotStatuses,
        Jitter = settings.Jitter,
    };

    /// <summary>Whether they say the same.</summary>
    public static bool AreSame(RetrySettings? one, RetrySettings? other) =>
        JsonSerializer.Serialize(Of(one), Json.Options) == JsonSerializer.Serialize(Of(other), Json.Options);
}

[Description("Exponential backoff.")]
internal sealed record BackoffView
{
    [Description("Waiting time after the first failure: 1s to 30d; `5s` when left out.")]
    public string? Initial { get; init; }

    [Description("What each waiting time is multiplied by for the next: 1 to 10; 2 when left out.")]
    public double? Factor { get; init; }

    [Description("Longest waiting time: 1s to 30d; `24h` when left out.")]
    public string? Max { get; init; }
}
