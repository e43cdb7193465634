using Postern.Model;
using Postern.Monitoring;

namespace Postern.Callbacks;

/// <summary>What came of a lane's turn with one callback.</summary>
/// <param name="Attempt">The attempt that was made; null when none was.</param>
/// <param name="MovedTo">The subscription now goes to this endpoint: its lane takes the callback over.</param>
internal readonly record struct LaneTurn(LaneSignal Signal, Attempt? Attempt = null, string? MovedTo = null);

/// <summary>
/// The callbacks of one endpoint, first come first served, as many at a time as its window allows. Workers exist while there
/// is work; each finishes with a callback, its record included, before it takes the next.
/// </summary>
internal sealed class Lane(string endpoint, Lanes lanes)
{
    private readonly Lock gate = new();
    private readonly Queue<DueCallback> waiting = new();
    private int inFlight;
    private int window = LaneWindow.Initial;
    private bool closed;
    private long used = lanes.Now;
    private Attempt? last;
    private DateTimeOffset? failingSince;

    public string Endpoint => endpoint;

    /// <summary>Adds a callback; false when the lane has been closed: ask for a new one.</summary>
    public bool TryEnqueue(DueCallback callback)
    {
        lock (gate)
        {
            if (closed)
            {
                return false;
            }

            waiting.Enqueue(callback);
            StartWorkers();
            return true;
        }
    }

    /// <summary>Closes the lane when nothing is in it and nothing was since <paramref name="before"/>.</summary>
    public bool TryClose(long before)
    {
        lock (gate)
        {
            closed = closed || (inFlight == 0 && waiting.Count == 0 && used < before);
            return closed;
        }
    }

    public EndpointStatus Read()
    {
        lock (gate)
        {
            return new EndpointStatus(
                endpoint, waiting.Count, inFlight, window, last?.Outcome.ToString().ToLowerInvariant(), last?.Status, last?.At + last?.Duration, last?.Error)
            {
                FailingSince = failingSince,
            };
        }
    }

    private async Task WorkAsync(DueCallback callback)
    {
        while (true)
        {
            var turn = await lanes.RunAsync(callback, endpoint);
            if (turn.MovedTo is { } other)
            {
                lanes.Enqueue(other, callback);
            }

            lock (gate)
            {
                window = LaneWindow.Next(window, lanes.MaxWindow, turn.Signal);
                last = turn.Attempt ?? last;
                failingSince = last?.Outcome is AttemptOutcome.Retry or AttemptOutcome.Dead ? failingSince ?? last.At : null;
                used = lanes.Now;
                if (lanes.IsStopping || waiting.Count == 0 || inFlight > window)
                {
                    inFlight--;
                    lanes.Leave(isLast: inFlight == 0);
                    TrimWhenEmpty();
                    return;
                }

                callback = waiting.Dequeue();
                StartWorkers();
            }
        }
    }

    private void StartWorkers()
    {
        while (waiting.Count > 0 && inFlight < Math.Min(window, lanes.MaxWindow) && lanes.TryEnter(isFirst: inFlight == 0))
        {
            inFlight++;
            var callback = waiting.Dequeue();

            // Not on the thread that hands the callbacks out: it serves every lane.
            _ = Task.Run(() => WorkAsync(callback));
        }
    }

    // After a burst of a million the array behind the queue is 32 MB.
    private void TrimWhenEmpty()
    {
        if (waiting.Count == 0 && waiting.Capacity > 1024)
        {
            waiting.TrimExcess();
        }
    }
}
