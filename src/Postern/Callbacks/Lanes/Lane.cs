using Postern.Model;
using Postern.Model.Limits;
using Postern.Ports;

namespace Postern.Callbacks.Lanes;

/// <summary>What came of a lane's turn with one callback.</summary>
internal readonly record struct LaneTurn
{
    /// <summary>What the attempt tells about the endpoint; nothing where none was made.</summary>
    public LaneAnswer Answer { get; init; }

    /// <summary>The attempt that was made; null when none was.</summary>
    public Attempt? Attempt { get; init; }

    /// <summary>Where and until when the callback waits now; null: nowhere.</summary>
    public QueueBacklog? Waits { get; init; }

    /// <summary>The callback that was held behind it in order and is due now.</summary>
    public DueCallback? Released { get; init; }

    /// <summary>Where its subscription's callbacks go after the attempt; null: no attempt was made.</summary>
    public QueueBacklog? Now { get; init; }
}

/// <summary>
/// One endpoint: a queue for each consumer, served in turn, as many attempts at a time as its window, its rate and its breaker
/// allow. A worker finishes with a callback, its record included, before it takes the next; the window's place is free for
/// another worker as soon as the endpoint has answered.
/// </summary>
internal sealed partial class Lane(string endpoint, EndpointLanes lanes)
{
    // An endpoint that has said nothing for so long while attempts are under way is treated as one that hangs.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    // Attempts that are under way or wait for their commit: so many windows of them a crash sends twice at most. Commits of two
    // windows cost a fifth less each than commits of one, and the endpoint does not wait for the disk.
    public const int WindowsAtOnce = 2;

    private readonly Lock gate = new();
    private readonly Dictionary<int, LaneQueue> queues = [];
    private readonly Queue<LaneQueue> ring = new();
    private readonly PriorityQueue<LaneQueue, long> dueQueues = new();
    private LaneBreaker breaker;
    private LaneLatency latency;
    private TokenBucket bucket;
    private int window = LaneWindow.Initial;
    private int inFlight;
    private int recording;
    private int reading;
    private double grantedRate = double.PositiveInfinity;
    private TimeSpan? recovered;
    private TimeSpan answered = lanes.Now;
    private TimeSpan used = lanes.Now;
    private bool proven = endpoint == EndpointLanes.Nowhere;
    private bool closed;

    public string Endpoint => endpoint;

    /// <summary>What its place in the timer is valid for; the timer's own.</summary>
    public TimeSpan Armed { get; set; } = TimeSpan.MaxValue;

    /// <summary>Gives a callback to its queue.</summary>
    public LaneEntry Enqueue(int number, string consumer, in DueCallback callback)
    {
        lock (gate)
        {
            if (closed)
            {
                return LaneEntry.Closed;
            }

            var queue = Open(number, consumer);
            if (breaker.State != BreakerState.Closed || !queue.TryAdd(callback))
            {
                return LaneEntry.Full;
            }

            List(queue);
            Run(Pump(inline: false));
            return LaneEntry.Taken;
        }
    }

    /// <summary>Something of a queue is due on disk at this time. False when the lane has been closed: ask for a new one.</summary>
    public bool TryArm(int number, string consumer, long due)
    {
        lock (gate)
        {
            if (closed)
            {
                return false;
            }

            Arm(Open(number, consumer), due);
            Run(Pump(inline: false));
            return true;
        }
    }

    /// <summary>Its time may have come.</summary>
    public void Wake()
    {
        lock (gate)
        {
            Run(Pump(inline: false));
        }
    }

    /// <summary>The wall clock may have been set: what waits for a time looks at it again.</summary>
    public void LookAgain()
    {
        lock (gate)
        {
            foreach (var queue in queues.Values)
            {
                Arm(queue, queue.Next);
            }

            Run(Pump(inline: false));
        }
    }

    /// <summary>The endpoint has answered well: it can take another attempt while this one is recorded.</summary>
    public void Answered(in LaneJob job)
    {
        lock (gate)
        {
            if (!job.Probe && !job.Place.IsGivenBack)
            {
                job.Place.IsGivenBack = true;
                inFlight--;
                recording++;
                answered = lanes.Now;
                Run(Pump(inline: false));
            }
        }
    }

    /// <summary>A slot that a queue stood in line for.</summary>
    public void Granted(LaneQueue queue, bool suspect)
    {
        lock (gate)
        {
            queue.IsListed = false;
            if (queue.Waiting > 0 && !lanes.IsStopping && MayStart(lanes.Now))
            {
                Run(Start(queue, suspect, lanes.Now));
            }
            else
            {
                lanes.Slots.Release(queue.Line, suspect);
            }

            List(queue);
            Run(Pump(inline: false));
        }
    }

    /// <summary>Lets go of what it holds for a subscription that goes elsewhere now. Returns what has no place on disk yet.</summary>
    public IReadOnlyList<DueCallback> Leave(int number, long subscription)
    {
        lock (gate)
        {
            if (!queues.TryGetValue(number, out var queue))
            {
                return [];
            }

            var homeless = queue.Leave(subscription);
            Expect(queue);
            Run(Pump(inline: false));
            return homeless;
        }
    }

    /// <summary>Closes the lane when nothing is owed to it and nothing was since <paramref name="before"/>.</summary>
    public bool TryClose(TimeSpan before)
    {
        lock (gate)
        {
            // A breaker that is open is remembered for as long as the endpoint is owed something.
            closed = closed || (inFlight == 0 && recording == 0 && reading == 0 && used < before && queues.Values.All(queue => queue.IsIdle));
            return closed;
        }
    }

    private async Task WorkAsync(LaneJob job)
    {
        for (LaneJob? next = job; next is { } current;)
        {
            var turn = await lanes.RunAsync(current, endpoint);
            var homeless = LaneShed.Nothing;
            lock (gate)
            {
                homeless = Settle(current, turn);
                lanes.Slots.Release(current.Queue.Line, current.Suspect);
                next = Pump(inline: true);
            }

            homeless.Defer(lanes);
            lanes.Follow(current.Queue, turn);
        }
    }

    private LaneShed Settle(in LaneJob job, in LaneTurn turn)
    {
        var now = lanes.Now;
        inFlight -= job.Place.IsGivenBack ? 0 : 1;
        recording -= job.Place.IsGivenBack ? 1 : 0;
        used = now;
        job.Queue.Settle(job.Callback);
        if (turn.Waits is { } waits && waits.Queue == job.Queue.Number)
        {
            Arm(job.Queue, waits.Next.ToUnixTimeMilliseconds());
        }

        Remember(turn.Attempt);
        return Learn(job, turn.Answer, now);
    }

    private LaneShed Learn(in LaneJob job, in LaneAnswer answer, TimeSpan now)
    {
        grantedRate = answer.AllowedRate ?? grantedRate;
        if (answer.Up is not { } up)
        {
            breaker = job.Probe ? breaker.Withdraw() : breaker;
            window = LaneWindow.Next(window, MaxWindow, endpoint == EndpointLanes.Nowhere ? LaneSignal.Good : LaneSignal.None);
            return LaneShed.Nothing;
        }

        answered = now;
        var before = breaker;
        if (up)
        {
            Recover(now);
            latency = latency.Add(answer.Latency);
            window = LaneWindow.Next(window, MaxWindow, LaneSignal.None);
            (window, latency) = answer.Signal == LaneSignal.Good ? latency.Next(window, MaxWindow) : (window, latency);
            return LaneShed.Nothing;
        }

        breaker = breaker.Failed(now, job.Probe, window == 1, answer.Pause, Random.Shared.NextDouble());
        window = LaneWindow.Next(window, MaxWindow, answer.Signal);
        if (breaker.State != BreakerState.Open || before.State == BreakerState.Open)
        {
            return LaneShed.Nothing;
        }

        if (before.State == BreakerState.Closed)
        {
            broken = lanes.UtcNow;
            lanes.Tell(this, opened: true);
        }

        // What waits here would only take the room of others.
        return Shed();
    }

    private void Recover(TimeSpan now)
    {
        proven = true;
        if (breaker.State != BreakerState.Closed)
        {
            window = LaneWindow.Initial;
            recovered = now;
            bucket.Empty(now);
            broken = null;
            lanes.Tell(this, opened: false);
        }

        breaker = LaneBreaker.Answered();
    }

    private LaneShed Shed()
    {
        List<(LaneQueue, DueCallback)> homeless = [];
        foreach (var queue in queues.Values.Where(static queue => queue.Waiting > 0))
        {
            homeless.AddRange(queue.Shed().Select(callback => (queue, callback)));
            Expect(queue);
        }

        return new LaneShed(homeless);
    }
}
