using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Egress;
using Postern.Faults;
using Postern.Model;
using Postern.Monitoring;
using Postern.Ports;

namespace Postern.Callbacks.Lanes;

/// <summary>All lanes by endpoint, and what they share.</summary>
internal sealed class EndpointLanes(
    CallbackWork work, LaneRefills refills, LaneDeferrals deferrals, LaneHorizon horizon, HandedOut handedOut, LiveConfiguration live, EndpointBoard board,
    TimeProvider time, ILogger<EndpointLanes> logger) : IDisposable
{
    /// <summary>Endpoint of callbacks whose subscription is gone: they are only struck off.</summary>
    public const string Nowhere = "";

    /// <summary>Attempts under way over all lanes: sockets, and what a crash sends twice at most.</summary>
    public const int MaxAttempts = 4_096;

    private readonly ConcurrentDictionary<string, Lane> lanes = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stopping = new();

    public LaneSlots Slots { get; } = new(AttemptsWith(DescriptorLimit.SocketsOfCallbacks));

    public LaneMemory Memory { get; } = new();

    public LaneTimer Timer { get; } = new(time);

    public LaneRefills Refills => refills;

    public LaneDeferrals Deferrals => deferrals;

    /// <summary>Workers are started; before, lanes only fill.</summary>
    public bool IsOpen { get; private set; }

    public bool IsStopping => stopping.IsCancellationRequested;

    /// <summary>Monotonic.</summary>
    public TimeSpan Now => Timer.Now;

    public DateTimeOffset UtcNow => time.GetUtcNow();

    /// <summary>When something with this due time is looked for, milliseconds since 1970.</summary>
    public long Due(long at) => horizon.Due(at, UtcNow);

    public int Count => lanes.Count;

    /// <summary>Attempts under way.</summary>
    public int InFlight => Slots.Taken;

    /// <summary>What the configuration allows now.</summary>
    public CallbacksConfiguration Limits => live.Current.Callbacks;

    /// <summary>Gives a fresh callback to its lane; where that has no room, to the disk.</summary>
    public void Enqueue(string endpoint, int queue, string consumer, in DueCallback callback)
    {
        while (true)
        {
            var lane = Find(endpoint);
            switch (lane.Enqueue(queue, consumer, callback))
            {
                case LaneEntry.Taken:
                    return;
                case LaneEntry.Full:
                    deferrals.Add(queue, endpoint, consumer, callback);
                    return;
                default:
                    // Closed for idleness between the look-up and now; the next look-up opens a new one.
                    Close(lane);
                    break;
            }
        }
    }

    /// <summary>A subscription goes elsewhere now: what its old lane holds in memory and nowhere else goes to the new one.</summary>
    public void Leave(QueueBacklog old, QueueBacklog now, long subscription)
    {
        if (lanes.TryGetValue(old.Endpoint, out var lane))
        {
            foreach (var callback in lane.Leave(old.Queue, subscription))
            {
                Enqueue(now.Endpoint, now.Queue, now.Consumer, callback);
            }
        }
    }

    /// <summary>Something is due in this backlog at its time.</summary>
    public void Arm(QueueBacklog backlog)
    {
        Lane lane;
        while (!(lane = Find(backlog.Endpoint)).TryArm(backlog.Queue, backlog.Consumer, backlog.Next.ToUnixTimeMilliseconds()))
        {
            Close(lane);
        }
    }

    /// <summary>Looks after what a result has put elsewhere: into another queue's backlog, or out of an order.</summary>
    public void Follow(LaneQueue queue, in LaneTurn turn)
    {
        if (turn.Waits is { } waits && waits.Queue != queue.Number && waits.Queue != 0)
        {
            Arm(waits);
        }

        if (turn.Released is { } released && handedOut.TryHold(released.Id))
        {
            CrashPoint.Reach(CrashPoints.ReleaseBeforePublish);

            // Of the same subscription: straight into its lane. Through the hub, a worker would wait for those who wait for workers.
            var (number, endpoint, consumer) = turn.Now is { } now ? (now.Queue, now.Endpoint, now.Consumer) : (queue.Number, queue.Lane.Endpoint, queue.Consumer);
            Enqueue(endpoint, number, consumer, released);
        }
    }

    /// <summary>An eighth of the sockets there may be: the others are kept open for a while after an attempt.</summary>
    internal static int AttemptsWith(int sockets) => Math.Clamp(sockets / 8, 2, MaxAttempts);

    public Task<LaneTurn> RunAsync(in LaneJob job, string endpoint) => work.RunAsync(job, endpoint, stopping.Token);

    /// <summary>Starts the workers.</summary>
    public void Open()
    {
        if (AttemptsWith(DescriptorLimit.SocketsOfCallbacks) is < MaxAttempts and var attempts)
        {
            CallbacksLog.FewDescriptors(logger, attempts, DescriptorLimit.SocketsOfCallbacks);
        }

        IsOpen = true;
        WakeAll();
    }

    public void WakeAll()
    {
        foreach (var (_, lane) in lanes)
        {
            lane.LookAgain();
        }
    }

    /// <summary>Lets go of lanes that nothing has come through for this long.</summary>
    public void Sweep(TimeSpan idle)
    {
        var before = Now - idle;
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
        return Slots.StopAsync();
    }

    public void Tell(Lane lane, bool opened)
    {
        if (opened)
        {
            CallbacksLog.EndpointDown(logger, lane.Endpoint);
        }
        else
        {
            CallbacksLog.EndpointBack(logger, lane.Endpoint);
        }
    }

    public void Dispose() => stopping.Dispose();

    private Lane Find(string endpoint)
    {
        if (lanes.TryGetValue(endpoint, out var there))
        {
            return there;
        }

        var lane = lanes.GetOrAdd(endpoint, static (name, all) => new Lane(name, all), this);
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
