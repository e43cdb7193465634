using System.ComponentModel;

namespace Postern.Monitoring;

[Description("An endpoint as its lane sees it now; empty after a start until something is sent there.")]
internal sealed record EndpointReport
{
    [Description("Scheme, host and port.")]
    public required string Endpoint { get; init; }

    [Description("Callbacks in its lane that have not been started.")]
    public required int Waiting { get; init; }

    [Description("Attempts under way.")]
    public required int InFlight { get; init; }

    [Description("Attempts that may be under way at the same time.")]
    public required int Window { get; init; }

    [Description("Outcome of the last attempt; missing before the first.")]
    public string? LastOutcome { get; init; }

    [Description("Status of the last response.")]
    public int? LastStatus { get; init; }

    [Description("When the last attempt ended.")]
    public DateTimeOffset? LastAt { get; init; }

    [Description("Error of the last attempt; missing when it was delivered.")]
    public string? LastError { get; init; }

    [Description("closed while attempts are made; open while the endpoint is down and its callbacks wait; probing while one attempt shows whether it is back.")]
    public required string Breaker { get; init; }

    [Description("Since when the endpoint is down; missing while the breaker is closed.")]
    public DateTimeOffset? DownSince { get; init; }

    [Description("When one callback is tried next; missing while the breaker is not open.")]
    public DateTimeOffset? NextProbe { get; init; }

    [Description("Attempts per second that may be started: configured, granted by the receiver, or growing after an outage; missing: no limit.")]
    public double? Rate { get; init; }

    public static EndpointReport Of(EndpointStatus status) => new()
    {
        Endpoint = status.Endpoint,
        Waiting = status.Waiting,
        InFlight = status.InFlight,
        Window = status.Window,
        LastOutcome = status.LastOutcome,
        LastStatus = status.LastStatus,
        LastAt = status.LastAt,
        LastError = status.LastError,
        Breaker = status.Breaker,
        DownSince = status.DownSince,
        NextProbe = status.NextProbe,
        Rate = status.Rate,
    };
}
