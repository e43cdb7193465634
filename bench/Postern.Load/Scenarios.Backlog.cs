using System.Diagnostics;

namespace Postern.Load;

internal static partial class Scenarios
{
    private const int DeadEndpoints = 100;

    /// <summary>
    /// Owes a number of callbacks to endpoints that are down, kills the process, and measures the next start: ready, first
    /// delivery to an endpoint that is well, memory; then the endpoints come back, and the backlog is worked off.
    /// </summary>
    public static async Task<string> BacklogAsync(string directory, int owed, TimeSpan drain)
    {
        await using var healthy = await Receiver.StartAsync(FreePorts.Next());
        var dead = Enumerable.Range(0, DeadEndpoints).Select(_ => FreePorts.Next()).ToArray();
        double makeRate;
        double residentBefore, heapEmpty, heapOwing;
        await using (var first = await Child.PosternAsync(directory, upstream: 9))
        {
            await Subscribing.AtAsync(first.Port, [$"http://127.0.0.1:{healthy.Port}/r"], "/well");
            await Subscribing.AtAsync(first.Port, dead.Select(port => $"http://127.0.0.1:{port}/r"));
            heapEmpty = await first.HeapMiBAsync();
            var making = Stopwatch.StartNew();
            await ClosedLoop.RunAsync(first.Port, Connections, Publishes("owed", owed / DeadEndpoints, Requests.Body(512)), 202);
            await first.WaitForPendingAsync(owed);
            makeRate = owed / making.Elapsed.TotalSeconds;
            residentBefore = first.PeakResidentMiB;
            heapOwing = await first.HeapMiBAsync();
        }

        // Killed just now. The event is waiting at the door when it opens.
        var watch = Stopwatch.StartNew();
        var firstSeen = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        healthy.Seen = (_, _) => firstSeen.TrySetResult(watch.Elapsed);
        await using var postern = await Child.PosternAsync(directory, upstream: 9);
        var ready = watch.Elapsed;
        using (var client = await RawClient.ConnectAsync(postern.Port))
        {
            await client.SendAsync(Requests.Publish("after", 0, Requests.Body(512), "/well"));
        }

        var delivered = await firstSeen.Task.WaitAsync(TimeSpan.FromMinutes(2));
        var heapAfter = await postern.HeapMiBAsync();
        await using var healed = await Receiver.StartAsync(dead);
        var (peak, rates) = (0L, new List<double>());
        var last = Stopwatch.GetTimestamp();
        for (var healing = Stopwatch.StartNew(); healing.Elapsed < drain && healed.Received < owed;)
        {
            var had = healed.Received;
            await Task.Delay(TimeSpan.FromSeconds(1));
            rates.Add((healed.Received - had) / Stopwatch.GetElapsedTime(last).TotalSeconds);
            last = Stopwatch.GetTimestamp();
            peak = Math.Max(peak, (long)postern.ResidentMiB);
        }

        var working = rates.SkipWhile(rate => rate < rates.Max() / 2).ToList();
        return Row($"{owed:N0} owed to {DeadEndpoints} dead endpoints, killed and started again",
            $"ready {ready.TotalSeconds:N2} s, first delivery {delivered.TotalSeconds:N2} s after the start, {peak:N0} MiB at most; made at {makeRate:N0}/s with {residentBefore:N0} MiB, heap {heapEmpty:N0} and then {heapOwing:N0} MiB, after the start {heapAfter:N0}; healed: {rates.TakeWhile(rate => rate < rates.Max() / 2).Count()} s to half speed, then mean {working.Average():N0}/s, best second {rates.Max():N0}/s, {healed.Received:N0} in {rates.Count} s",
            $"-");
    }
}
