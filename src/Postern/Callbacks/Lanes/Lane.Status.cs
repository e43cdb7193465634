using Postern.Callbacks.Outcomes;
using Postern.Model;
using Postern.Monitoring;

namespace Postern.Callbacks.Lanes;

/// <summary>What a lane tells those who look.</summary>
internal sealed partial class Lane
{
    private Attempt? last;
    private DateTimeOffset? broken;

    public EndpointStatus Read()
    {
        lock (gate)
        {
            var now = lanes.Now;
            var rate = Rate(now);
            return new EndpointStatus(
                endpoint, queues.Values.Sum(static queue => queue.Waiting), inFlight, Math.Min(window, MaxWindow),
                last?.Outcome.ToString().ToLowerInvariant(), last?.Status, last?.At + last?.Duration, last?.Error)
            {
                Breaker = breaker.State.ToString().ToLowerInvariant(),
                DownSince = broken,
                NextProbe = breaker.State == BreakerState.Open ? lanes.UtcNow + (breaker.Until - now) : null,
                Rate = double.IsPositiveInfinity(rate) ? null : rate,
            };
        }
    }

    private void Remember(Attempt? attempt) => last = attempt ?? last;
}
