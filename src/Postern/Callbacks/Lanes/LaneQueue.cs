using Postern.Model;
using Postern.Ports;

namespace Postern.Callbacks.Lanes;

/// <summary>
/// What is owed to one consumer at one endpoint, as its lane holds it: a few in memory, and when to look for more on disk. Used under
/// the lane's lock. What is in memory from the backlog stays there on disk until it has a result.
/// </summary>
internal sealed class LaneQueue(Lane lane, int number, string consumer, SlotLine line, LaneMemory memory, Func<long, long> dueAt)
{
    /// <summary>Read when fewer than these are left, and up to so many.</summary>
    public const int LowWater = 256;
    public const int HighWater = 1024;

    /// <summary>Read while the endpoint is down: one of them is the probe, the others are looked at whether their time is up.</summary>
    public const int ProbeBatch = 64;

    public const long Never = long.MaxValue;

    private readonly Queue<DueCallback> fresh = new();
    private readonly Queue<DueCallback> due = new();
    private readonly HashSet<long> held = [];
    private HashSet<long>? settled;
    private int heldDue;
    private bool freshNext;

    public Lane Lane => lane;

    public int Number => number;

    public string Consumer => consumer;

    public SlotLine Line => line;

    /// <summary>Callbacks in memory that have not been started.</summary>
    public int Waiting => fresh.Count + due.Count;

    /// <summary>Nothing of it is in memory, under way or known to be on disk.</summary>
    public bool IsIdle => fresh.Count == 0 && held.Count == 0 && Next == Never && settled is null;

    /// <summary>When the first callback is due that is only on disk, milliseconds since 1970.</summary>
    public long Next { get; private set; } = Never;

    /// <summary>The time by which its lane looks for it, so that it is noted once.</summary>
    public long Expected { get; set; } = Never;

    /// <summary>It stands in its lane's ring, or in line for a slot.</summary>
    public bool IsListed { get; set; }

    public bool IsReading => settled is not null;

    public bool WantsMore(long now) => settled is null && Next <= now && due.Count < LowWater;

    public void Arm(long at) => Next = Math.Min(Next, dueAt(at));

    /// <summary>False: there is no room, it has to wait on disk.</summary>
    public bool TryAdd(in DueCallback callback)
    {
        if (Waiting >= memory.Share)
        {
            return false;
        }

        fresh.Enqueue(callback);
        memory.Add(1);
        return true;
    }

    /// <summary>In turn from both: new callbacks do not wait for a long backlog, and the backlog is not overtaken for ever.</summary>
    public DueCallback Take()
    {
        freshNext = fresh.Count > 0 && (freshNext || due.Count == 0);
        var taken = (freshNext ? fresh : due).Dequeue();

        // A fresh one is in no backlog before it has a result: until then no read can bring it back.
        held.Add(taken.Id);
        freshNext = !freshNext;
        memory.Add(-1);
        Trim();
        return taken;
    }

    /// <summary>A callback that was taken has its result.</summary>
    public void Settle(in DueCallback callback)
    {
        held.Remove(callback.Id);
        heldDue -= callback.Queue == 0 ? 0 : 1;
        settled?.Add(callback.Id);
    }

    /// <summary>Begins a read of the backlog; returns how many rows to ask for.</summary>
    public int BeginRead(bool probing)
    {
        settled = [];
        Next = Never;
        var wanted = probing ? ProbeBatch : Math.Clamp(memory.Share, LaneMemory.Floor, HighWater - due.Count);
        return wanted + heldDue;
    }

    /// <summary>
    /// Takes what a read found. It may have seen the backlog as it was before a result was committed: what was settled since it began
    /// is left out, like what is held. A result that owes it again has armed the queue.
    /// </summary>
    public void EndRead(Backlog? found, bool takes, long retryAt)
    {
        var gone = settled!;
        settled = null;
        if (found is null)
        {
            Arm(retryAt);
            return;
        }

        Arm(found.Next?.ToUnixTimeMilliseconds() ?? Never);
        foreach (var callback in found.Callbacks)
        {
            if (held.Contains(callback.Id) || gone.Contains(callback.Id))
            {
                continue;
            }

            if (!takes)
            {
                Arm(callback.Due);
                continue;
            }

            held.Add(callback.Id);
            heldDue++;
            due.Enqueue(callback);
            memory.Add(1);
        }
    }

    /// <summary>Lets go of what waits in memory: what has a place on disk is found there again, the fresh ones are returned to be given one.</summary>
    public IReadOnlyList<DueCallback> Shed()
    {
        memory.Add(-Waiting);
        foreach (var callback in due)
        {
            held.Remove(callback.Id);
            heldDue--;
            Arm(callback.Due);
        }

        due.Clear();
        DueCallback[] homeless = [.. fresh];
        fresh.Clear();
        Trim();
        return homeless;
    }

    /// <summary>Lets go of what waits in memory for one subscription; as above, but the store moves what has a place on disk.</summary>
    public IReadOnlyList<DueCallback> Leave(long subscription)
    {
        for (var left = due.Count; left > 0; left--)
        {
            var callback = due.Dequeue();
            if (callback.Subscription != subscription)
            {
                due.Enqueue(callback);
                continue;
            }

            held.Remove(callback.Id);
            heldDue--;
            memory.Add(-1);
        }

        var homeless = new List<DueCallback>();
        for (var left = fresh.Count; left > 0; left--)
        {
            var callback = fresh.Dequeue();
            if (callback.Subscription != subscription)
            {
                fresh.Enqueue(callback);
                continue;
            }

            homeless.Add(callback);
            memory.Add(-1);
        }

        Trim();
        return homeless;
    }

    // After a burst the arrays behind an empty queue would stay.
    private void Trim()
    {
        if (fresh.Count == 0 && fresh.Capacity > HighWater)
        {
            fresh.TrimExcess();
            held.TrimExcess();
        }
    }
}
