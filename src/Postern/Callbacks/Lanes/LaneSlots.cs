namespace Postern.Callbacks.Lanes;

/// <summary>
/// Bounds the attempts under way over all lanes. Whoever finds no slot stands in the line of its consumer, and lines are served
/// in turn. An endpoint that has just failed, hangs, or has not answered yet is a suspect: all suspects together hold half at most.
/// </summary>
internal sealed class LaneSlots
{
    private readonly int count;
    private readonly Lock gate = new();
    private readonly Dictionary<string, SlotLine> lines = new(StringComparer.Ordinal);
    private readonly Queue<SlotLine> proven = new();
    private readonly Queue<SlotLine> suspects = new();
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int free;
    private int suspected;
    private bool stopped;

    public LaneSlots(int count) => this.count = free = count;

    public int Taken => count - Volatile.Read(ref free);

    public SlotLine Line(string consumer)
    {
        lock (gate)
        {
            if (!lines.TryGetValue(consumer, out var line))
            {
                lines[consumer] = line = new SlotLine();
            }

            return line;
        }
    }

    /// <summary>Takes a slot; without one the queue stands in line and <see cref="Lane.Granted"/> is called when its turn comes.</summary>
    public bool TryTake(LaneQueue queue, bool suspect)
    {
        lock (gate)
        {
            if (stopped)
            {
                return false;
            }

            if (Take(queue.Line, suspect))
            {
                return true;
            }

            var (waiting, ring) = suspect ? (queue.Line.Suspects, suspects) : (queue.Line.Proven, proven);
            waiting.Enqueue(queue);
            if (waiting.Count == 1)
            {
                ring.Enqueue(queue.Line);
            }

            return false;
        }
    }

    public void Release(SlotLine line, bool suspect)
    {
        lock (gate)
        {
            free++;
            line.Held--;
            suspected -= suspect ? 1 : 0;
            line.HeldSuspect -= suspect ? 1 : 0;
            if (stopped)
            {
                EndWhenFree();
                return;
            }

            Serve(proven, suspect: false);
            Serve(suspects, suspect: true);
        }
    }

    /// <summary>Gives no more; completes when all are back.</summary>
    public Task StopAsync()
    {
        lock (gate)
        {
            stopped = true;
            EndWhenFree();
        }

        return drained.Task;
    }

    /// <summary>
    /// A consumer may take one more while it holds fewer than are left: alone it gets half of them, two get a third each, and whoever
    /// comes next always finds some. The same holds for suspects within their half.
    /// </summary>
    public static bool May(int count, int free, int held, int suspected, int heldSuspect, bool suspect) =>
        free > 0 && (held == 0 || held < free)
        && (!suspect || (suspected < count / 2 && (heldSuspect == 0 || heldSuspect < count / 2 - suspected)));

    private bool Take(SlotLine line, bool suspect)
    {
        if (!May(count, free, line.Held, suspected, line.HeldSuspect, suspect))
        {
            return false;
        }

        free--;
        line.Held++;
        suspected += suspect ? 1 : 0;
        line.HeldSuspect += suspect ? 1 : 0;
        return true;
    }

    private void Serve(Queue<SlotLine> ring, bool suspect)
    {
        for (var passed = 0; passed < ring.Count && free > 0;)
        {
            var line = ring.Dequeue();
            var waiting = suspect ? line.Suspects : line.Proven;
            passed++;
            if (Take(line, suspect))
            {
                passed = 0;
                var queue = waiting.Dequeue();

                // Not under this lock, and not on this thread: it works for another lane.
                ThreadPool.UnsafeQueueUserWorkItem(
                    static granted => granted.queue.Lane.Granted(granted.queue, granted.suspect), (queue, suspect), preferLocal: false);
            }

            if (waiting.Count > 0)
            {
                ring.Enqueue(line);
            }
        }
    }

    private void EndWhenFree()
    {
        if (free == count)
        {
            drained.TrySetResult();
        }
    }
}

/// <summary>One consumer's slots, and the queues that wait for one.</summary>
internal sealed class SlotLine
{
    public int Held { get; set; }

    public int HeldSuspect { get; set; }

    public Queue<LaneQueue> Proven { get; } = new();

    public Queue<LaneQueue> Suspects { get; } = new();
}
