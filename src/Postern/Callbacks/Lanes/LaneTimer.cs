namespace Postern.Callbacks.Lanes;

/// <summary>
/// The one timer: wakes each lane when its time comes. Lanes count in monotonic time; due times are wall time, so when the wall
/// clock is set every lane is woken once to look at it.
/// </summary>
internal sealed class LaneTimer(TimeProvider time)
{
    // How soon a set clock is noticed.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);

    /// <summary>Less is what a clock that is slewed gains or loses between two looks.</summary>
    private static readonly TimeSpan Jump = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly PriorityQueue<Lane, TimeSpan> lanes = new();
    private readonly long origin = time.GetTimestamp();
    private TimeSpan wake;
    private TaskCompletionSource sooner = NewSignal();

    /// <summary>Since the process started; never set, never back.</summary>
    public TimeSpan Now => time.GetElapsedTime(origin);

    /// <summary>Wakes a lane then or before: it looks again when else it has to be woken.</summary>
    public void Arm(Lane lane, TimeSpan at)
    {
        if (at == TimeSpan.MaxValue)
        {
            // Most lanes, after each callback: nothing to come by time alone, and no reason to meet under one lock.
            return;
        }

        lock (gate)
        {
            // Wall time counted in monotonic time comes out differently by a hair each time: not worth an entry.
            if (lane.Armed - ShortestSleep <= at)
            {
                return;
            }

            lane.Armed = at;
            lanes.Enqueue(lane, at);
            if (at < wake)
            {
                wake = at;
                sooner.TrySetResult();
            }
        }
    }

    /// <param name="wakeAll">Called when the wall clock was set.</param>
    public async Task RunAsync(Action wakeAll, CancellationToken cancellation)
    {
        var offset = time.GetUtcNow() - DateTimeOffset.UnixEpoch - Now;
        var due = new List<Lane>();
        while (true)
        {
            var current = time.GetUtcNow() - DateTimeOffset.UnixEpoch - Now;
            if ((current - offset).Duration() > Jump)
            {
                wakeAll();
            }

            offset = current;
            var (wait, signal) = Collect(due);
            foreach (var lane in due)
            {
                lane.Wake();
            }

            due.Clear();
            await SleepAsync(wait, signal, cancellation);
        }
    }

    private (TimeSpan Wait, Task Signal) Collect(List<Lane> due)
    {
        lock (gate)
        {
            var now = Now;
            while (lanes.TryPeek(out var lane, out var at) && (at <= now || lane.Armed != at))
            {
                lanes.Dequeue();
                if (lane.Armed == at)
                {
                    lane.Armed = TimeSpan.MaxValue;
                    due.Add(lane);
                }
            }

            wake = lanes.TryPeek(out _, out var next) && next < now + LongestSleep ? next : now + LongestSleep;
            sooner = sooner.Task.IsCompleted ? NewSignal() : sooner;
            return (wake - now, sooner.Task);
        }
    }

    private async Task SleepAsync(TimeSpan wait, Task signal, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sleep = Task.Delay(wait < ShortestSleep ? ShortestSleep : wait, time, stop.Token);
        await Task.WhenAny(sleep, signal);
        await stop.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
