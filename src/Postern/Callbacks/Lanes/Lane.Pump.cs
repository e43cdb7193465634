using Postern.Configuration;
using Postern.Model.Limits;
using Postern.Ports;

namespace Postern.Callbacks.Lanes;

/// <summary>What a lane does next; everything here runs under its lock.</summary>
internal sealed partial class Lane
{
    private int probeTurn;

    private CallbacksConfiguration? limits;
    private int maxWindow;
    private double maxRate;

    private int MaxWindow
    {
        get
        {
            Limit();
            return maxWindow;
        }
    }

    // Asked several times for each callback: looked up when the configuration has changed.
    private void Limit()
    {
        var current = lanes.Limits;
        if (!ReferenceEquals(limits, current))
        {
            (limits, maxWindow, maxRate) = (current, current.ConcurrencyOf(endpoint), current.RateOf(endpoint));
        }
    }

    // A lane that nobody may know is sick: its next attempt may hold a slot for as long as an attempt may last.
    private bool IsSuspect(TimeSpan now) =>
        !proven || breaker.State != BreakerState.Closed || breaker.Failures > 0 || (inFlight > 0 && now - answered > Silence && endpoint != EndpointLanes.Nowhere);

    private double Rate(TimeSpan now)
    {
        var ramp = recovered is { } since ? LaneRamp.Rate(now - since) : double.PositiveInfinity;
        recovered = double.IsPositiveInfinity(ramp) ? null : recovered;
        Limit();
        return Math.Min(Math.Min(maxRate, grantedRate), ramp);
    }

    private bool MayStart(TimeSpan now) =>
        breaker.Allows(now) && (breaker.State != BreakerState.Closed || HasPlace) && bucket.Has(TokenRate.Even(Rate(now)), now);

    private bool HasPlace
    {
        get
        {
            var places = Math.Min(window, MaxWindow);
            return inFlight < places && inFlight + recording < WindowsAtOnce * places;
        }
    }

    /// <summary>Starts what may start. With <paramref name="inline"/> the first job is returned for the caller's own worker.</summary>
    private LaneJob? Pump(bool inline)
    {
        LaneJob? own = null;
        if (!lanes.IsOpen)
        {
            return own;
        }

        var now = lanes.Now;

        // Queues that were let go of stand here with nothing: they would keep a probe from being read.
        while (ring.TryPeek(out var empty) && empty.Waiting == 0)
        {
            ring.Dequeue().IsListed = false;
        }

        Refill(now);
        while (ring.Count > 0 && !lanes.IsStopping && MayStart(now))
        {
            var queue = ring.Dequeue();
            queue.IsListed = false;
            if (queue.Waiting == 0)
            {
                continue;
            }

            var suspect = IsSuspect(now);
            if (!lanes.Slots.TryTake(queue, suspect))
            {
                // It stands in its consumer's line now.
                queue.IsListed = true;
                continue;
            }

            var job = Start(queue, suspect, now);
            List(queue);
            if (inline && own is null)
            {
                own = job;
            }
            else
            {
                Run(job);
            }
        }

        Sleep(now);
        return own;
    }

    private LaneJob Start(LaneQueue queue, bool suspect, TimeSpan now)
    {
        var probe = breaker.State == BreakerState.Open;
        breaker = probe ? breaker.Probe() : breaker;
        if (inFlight++ == 0)
        {
            // Its silence is measured from here.
            answered = now;
        }

        bucket.Take();
        var job = new LaneJob(queue, queue.Take(), suspect, probe);
        if (!probe && queue.WantsMore(lanes.UtcNow.ToUnixTimeMilliseconds()))
        {
            Read(queue, probing: false);
        }

        return job;
    }

    // Not on the thread that hands the callbacks out: it serves every lane.
    private void Run(LaneJob? job)
    {
        if (job is { } one)
        {
            _ = Task.Run(() => WorkAsync(one));
        }
    }

    private void List(LaneQueue queue)
    {
        if (!queue.IsListed && queue.Waiting > 0)
        {
            queue.IsListed = true;
            ring.Enqueue(queue);
        }
    }

    private LaneQueue Open(int number, string consumer)
    {
        used = lanes.Now;
        if (!queues.TryGetValue(number, out var queue))
        {
            queues[number] = queue = new LaneQueue(this, number, consumer, lanes.Slots.Line(consumer), lanes.Memory, lanes.Due);
        }

        return queue;
    }

    private void Arm(LaneQueue queue, long due)
    {
        queue.Arm(due);
        Expect(queue);
    }

    private void Expect(LaneQueue queue)
    {
        if (queue.Next != LaneQueue.Never && queue.Expected != queue.Next)
        {
            queue.Expected = queue.Next;
            dueQueues.Enqueue(queue, queue.Next);
        }
    }

    private void Forget(LaneQueue queue, long due)
    {
        dueQueues.Dequeue();
        queue.Expected = queue.Expected == due ? LaneQueue.Never : queue.Expected;
    }

    private void Refill(TimeSpan now)
    {
        var utc = lanes.UtcNow.ToUnixTimeMilliseconds();
        if (breaker.State != BreakerState.Closed)
        {
            RefillForProbe(now, utc);
            return;
        }

        while (dueQueues.TryPeek(out var queue, out var due) && due <= utc)
        {
            // Of several places of one queue only the last counts; one that is full is looked at again when it has taken.
            Forget(queue, due);
            if (queue.Next == due && queue.WantsMore(utc))
            {
                Read(queue, probing: false);
            }
        }
    }

    /// <summary>One queue after the other gives the probe: no consumer's callbacks alone decide for a host that it shares with others.</summary>
    private void RefillForProbe(TimeSpan now, long utc)
    {
        if (!breaker.Allows(now) || reading > 0 || ring.Count > 0 || queues.Count == 0)
        {
            return;
        }

        probeTurn = (probeTurn + 1) % queues.Count;
        if (queues.Values.Skip(probeTurn).Concat(queues.Values.Take(probeTurn)).FirstOrDefault(one => one.WantsMore(utc)) is { } queue)
        {
            Read(queue, probing: true);
        }
    }

    private void Read(LaneQueue queue, bool probing)
    {
        reading++;
        lanes.Refills.Ask(new LaneRead(queue, queue.BeginRead(probing)));
    }

    /// <summary>A read has ended; null when it failed.</summary>
    public void EndRead(LaneQueue queue, Backlog? found)
    {
        lock (gate)
        {
            reading--;
            var now = lanes.Now;
            queue.EndRead(found, breaker.Allows(now), lanes.UtcNow.ToUnixTimeMilliseconds() + 1000);
            Expect(queue);
            List(queue);
            Run(Pump(inline: false));
        }
    }

    /// <summary>Asks the timer to wake it when something changes by time alone.</summary>
    private void Sleep(TimeSpan now)
    {
        var at = TimeSpan.MaxValue;
        if (breaker.State == BreakerState.Probing)
        {
            return;
        }

        if (!breaker.Allows(now))
        {
            at = ring.Count > 0 || queues.Values.Any(static queue => queue.Next != LaneQueue.Never) ? breaker.Until : at;
        }
        else if (ring.Count > 0 && (breaker.State == BreakerState.Open || HasPlace))
        {
            at = bucket.Next(TokenRate.Even(Rate(now)), now);
        }

        while (dueQueues.TryPeek(out var stale, out var due) && (stale.Next != due || stale.IsReading))
        {
            Forget(stale, due);
        }

        if (dueQueues.TryPeek(out _, out var next) && breaker.Allows(now))
        {
            var wait = next - lanes.UtcNow.ToUnixTimeMilliseconds();
            at = wait < 0 ? at : TimeSpan.FromTicks(Math.Min(at.Ticks, (now + TimeSpan.FromMilliseconds(Math.Clamp(wait, 1, 3_600_000))).Ticks));
        }

        lanes.Timer.Arm(this, at);
    }
}
