using System.Collections.Concurrent;
using Postern.Configuration;
using Postern.Model;
using Postern.Monitoring;

namespace Postern.Callbacks;

/// <summary>All lanes by endpoint.</summary>
internal sealed class Lanes(CallbackWork work, LiveConfiguration live, EndpointBoard board, TimeProvider time) : IDisposable
{
    /// <summary>Endpoint of callbacks whose subscription is gone: they are only struck off.</summary>
    public const string Nowhere = "";

    private const int ExtraAttempts = 4096;

    private readonly ConcurrentDictionary<string, Lane> lanes = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LaneSlots slots = new(ExtraAttempts);
    private int workers;

    public int MaxWindow => live.Current.Callbacks.Concurrency;

    public bool IsStopping => stopping.IsCancellationRequested;

    public long Now => time.GetTimestamp();

    public int Count => lanes.Count;

    /// <summary>Attempts under way.</summary>
    public int InFlight => Volatile.Read(ref workers);

    public void Enqueue(string endpoint, DueCallback callback)
    {
        while (true)
        {
            var lane = lanes.TryGetValue(endpoint, out var there) ? there : Open(endpoint);
            if (lane.TryEnqueue(callback))
            {
                return;
            }

            // Closed for idleness between the look-up and now; the next look-up opens a new one.
            Close(lane);
        }
    }

    public Task<LaneTurn> RunAsync(DueCallback callback, string endpoint) => work.RunAsync(callback, endpoint, stopping.Token);

    /// <summary>Lets go of lanes that nothing has come through for this long.</summary>
    public void Sweep(TimeSpan idle)
    {
        var before = Now - (long)(idle.TotalSeconds * time.TimestampFrequency);
        foreach (var (_, lane) in lanes)
        {
            if (lane.TryClose(before))
            {
                Close(lane);
            }
        }
    }

    /// <summary>Starts nothing more; completes when every attempt under way has ended and is recorded.</summary>
    public Task StopAsync()
    {
        stopping.Cancel();
        if (InFlight == 0)
        {
            drained.TrySetResult();
        }

        return drained.Task;
    }

    /// <summary>One more worker; false when everything stops, or when it is not its lane's first and there are too many.</summary>
    public bool TryEnter(bool isFirst)
    {
        if (!isFirst && !slots.TryTake())
        {
            return false;
        }

        // Counted first and asked then: either this sees the stop, or the stop sees this.
        Interlocked.Increment(ref workers);
        if (!IsStopping)
        {
            return true;
        }

        Leave(isFirst);
        return false;
    }

    public void Leave(bool isLast)
    {
        if (!isLast)
        {
            slots.Release();
        }

        if (Interlocked.Decrement(ref workers) == 0 && IsStopping)
        {
            drained.TrySetResult();
        }
    }

    public void Dispose() => stopping.Dispose();

    private Lane Open(string endpoint)
    {
        var lane = lanes.GetOrAdd(endpoint, name => new Lane(name, this));
        if (endpoint != Nowhere)
        {
            board.Register(endpoint, lane.Read);
        }

        return lane;
    }

    private void Close(Lane lane)
    {
        if (lanes.TryRemove(KeyValuePair.Create(lane.Endpoint, lane)))
        {
            board.Unregister(lane.Endpoint);
        }
    }
}
