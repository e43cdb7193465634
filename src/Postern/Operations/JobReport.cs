using System.ComponentModel;
using Postern.Model;

namespace Postern.Operations;

[Description("A replay under way, or what came of it.")]
internal sealed record JobReport
{
    [Description("`job_…`")]
    public required string Id { get; init; }

    [Description("What it owes again: `dead` callbacks, the events of a `range` of time, those that were `missed`, or named `events`.")]
    public required JobKind Kind { get; init; }

    [Description("Id of the subscription it is for; missing where it is for several.")]
    public string? Subscription { get; init; }

    [Description("The endpoint whose subscriptions it is for.")]
    public string? Endpoint { get; init; }

    [Description("Events staged from then on.")]
    public DateTimeOffset? From { get; init; }

    [Description("Events staged until then.")]
    public DateTimeOffset? To { get; init; }

    [Description("Callbacks a second, at most.")]
    public required int Rate { get; init; }

    [Description("Whether it goes on.")]
    public required JobState State { get; init; }

    [Description("Why it failed, is paused or was cancelled.")]
    public string? Reason { get; init; }

    [Description("Callbacks it has made owed again. They are sent like any other: the attempts tell what came of them.")]
    public required long Done { get; init; }

    [Description("Callbacks or events it has looked at.")]
    public required long Looked { get; init; }

    [Description("Callbacks or events to look at; missing where nobody has counted them.")]
    public long? Total { get; init; }

    [Description("Name of the consumer that asked for it; missing where the operator did.")]
    public string? Consumer { get; init; }

    [Description("When it was asked for.")]
    public required DateTimeOffset Created { get; init; }

    [Description("When it was done, failed or was cancelled.")]
    public DateTimeOffset? Ended { get; init; }

    public static JobReport Of(Job job) => new()
    {
        Id = job.Id,
        Kind = job.Request.Kind,
        Subscription = job.Request.Subscription?.Id,
        Endpoint = job.Request.Endpoint,
        From = job.Request.From,
        To = job.Request.To,
        Rate = job.Request.Rate,
        State = job.State,
        Reason = job.Reason,
        Done = job.Done,
        Looked = job.Looked,
        Total = job.Total,
        Consumer = job.Request.Consumer,
        Created = job.Created,
        Ended = job.Ended,
    };
}
