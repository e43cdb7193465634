using System.Collections.Concurrent;

namespace Postern.Monitoring;

/// <summary>What the lanes say of their endpoints, for <c>/api/endpoints</c>. Derived: empty after a start.</summary>
public sealed class EndpointBoard
{
    private readonly ConcurrentDictionary<string, Func<EndpointStatus>> lanes = new(StringComparer.Ordinal);

    /// <summary>Registers a lane; <paramref name="read"/> is called when somebody looks.</summary>
    public void Register(string endpoint, Func<EndpointStatus> read) => lanes[endpoint] = read;

    public void Unregister(string endpoint) => lanes.TryRemove(endpoint, out _);

    /// <summary>All endpoints by name.</summary>
    public IEnumerable<EndpointStatus> Read() => lanes.OrderBy(lane => lane.Key, StringComparer.Ordinal).Select(lane => lane.Value());
}

/// <summary>One endpoint as its lane sees it now.</summary>
/// <param name="Endpoint">Scheme, host and port: <c>https://example.com:443</c>.</param>
/// <param name="Waiting">Callbacks in its lane that have not been started.</param>
/// <param name="InFlight">Attempts under way.</param>
/// <param name="Window">Attempts that may be under way.</param>
/// <param name="LastOutcome">Outcome of the last attempt; null before the first.</param>
/// <param name="LastStatus">Status of the last response.</param>
/// <param name="LastAt">When the last attempt ended.</param>
/// <param name="LastError">Error of the last attempt that failed; null when the last one was delivered.</param>
public sealed record EndpointStatus(
    string Endpoint, int Waiting, int InFlight, int Window, string? LastOutcome, int? LastStatus, DateTimeOffset? LastAt, string? LastError)
{
    /// <summary><c>closed</c> while attempts are made, <c>open</c> while the endpoint is down, <c>probing</c> while one shows whether it is back.</summary>
    public string Breaker { get; init; } = "closed";

    /// <summary>When the breaker opened; null while it is closed.</summary>
    public DateTimeOffset? DownSince { get; init; }

    /// <summary>When it is tried next; null while the breaker is not open.</summary>
    public DateTimeOffset? NextProbe { get; init; }

    /// <summary>Attempts per second that may be started; null: as many as the window allows.</summary>
    public double? Rate { get; init; }
}
