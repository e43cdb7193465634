using System.ComponentModel;
using Postern.Model;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Monitoring;

[Description("Whether a subscription's endpoint is up, since when not, why, and what comes next.")]
internal sealed record SubscriptionHealthReport
{
    [Description("`sub_…`")]
    public required string Subscription { get; init; }

    [Description("`healthy`: the last attempt succeeded, or none was made; `failing`: every attempt since `failingSince` failed; the others as the state of the subscription.")]
    public required SubscriptionHealthState State { get; init; }

    [Description("Why it is pending, paused, disabled or gone.")]
    public string? Reason { get; init; }

    [Description("Who disabled it: `gateway` (resume it once the endpoint is repaired) or `operator` (ask them).")]
    public DisabledBy? DisabledBy { get; init; }

    [Description("The first failure after the last success; missing while attempts succeed.")]
    public DateTimeOffset? FailingSince { get; init; }

    [Description("What is known of the receiver's consent; missing where none is asked for.")]
    public ProofView? Verification { get; init; }

    [Description("The last attempt; missing before the first.")]
    public LastAttempt? LastAttempt { get; init; }

    [Description("Callbacks that are owed: waiting, due later, or kept while it is paused.")]
    public required BoundedCount Owed { get; init; }

    [Description("Callbacks that were given up and are kept for replay.")]
    public required BoundedCount Dead { get; init; }

    [Description("When the next attempt may be made; missing when nothing is owed that could be sent.")]
    public DateTimeOffset? NextAttempt { get; init; }

    [Description("How the gateway treats the endpoint now; missing when nothing was sent there lately.")]
    public LaneReport? Endpoint { get; init; }

    public static SubscriptionHealthState StateOf(SubscriptionState state, bool fails) => state switch
    {
        SubscriptionState.Active => fails ? SubscriptionHealthState.Failing : SubscriptionHealthState.Healthy,
        SubscriptionState.Pending => SubscriptionHealthState.Pending,
        SubscriptionState.Paused => SubscriptionHealthState.Paused,
        SubscriptionState.Disabled => SubscriptionHealthState.Disabled,
        SubscriptionState.Gone => SubscriptionHealthState.Gone,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "A state that health does not know."),
    };
}

internal enum SubscriptionHealthState
{
    Healthy = 0,
    Failing = 1,
    Pending = 2,
    Paused = 3,
    Disabled = 4,
    Gone = 5,
}

[Description("What came of the last attempt.")]
internal sealed record LastAttempt
{
    [Description("When it started.")]
    public required DateTimeOffset At { get; init; }

    [Description("`delivered`, `retry`, `dead`, `gone` or `withheld`.")]
    public required AttemptOutcome Outcome { get; init; }

    [Description("Status of the response; missing when there was none.")]
    public int? Status { get; init; }

    [Description("What went wrong; missing when delivered.")]
    public string? Error { get; init; }

    public static LastAttempt Of(Attempt attempt) => new() { At = attempt.At, Outcome = attempt.Outcome, Status = attempt.Status, Error = attempt.Error };
}

[Description("A number that is not counted to its end.")]
internal sealed record BoundedCount(
    [property: Description("At least so many.")] int Count,
    [property: Description("true when there may be more.")] bool More);

[Description("The lane of an endpoint. It is shared by everybody who is called back there.")]
internal sealed record LaneReport
{
    [Description("Scheme, host and port.")]
    public required string Endpoint { get; init; }

    [Description("Attempts that may be under way at the same time: grows while attempts succeed, shrinks when they fail.")]
    public required int Window { get; init; }

    [Description("Attempts under way.")]
    public required int InFlight { get; init; }

    [Description("closed while attempts are made; open while the endpoint is down and its callbacks wait; probing while one attempt shows whether it is back.")]
    public required string Breaker { get; init; }

    [Description("Since when the endpoint is down; missing while the breaker is closed.")]
    public DateTimeOffset? DownSince { get; init; }

    [Description("When one callback is tried next; missing while the breaker is not open.")]
    public DateTimeOffset? NextProbe { get; init; }

    [Description("Attempts per second that may be started: configured, granted by the receiver, or growing after an outage; missing: no limit.")]
    public double? Rate { get; init; }

    public static LaneReport Of(EndpointStatus status) => new()
    {
        Endpoint = status.Endpoint, Window = status.Window, InFlight = status.InFlight,
        Breaker = status.Breaker, DownSince = status.DownSince, NextProbe = status.NextProbe, Rate = status.Rate,
    };
}
