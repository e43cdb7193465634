using System.Diagnostics;
using System.Globalization;

namespace Postern.Load;

internal static partial class Scenarios
{
    /// <summary>From the 202 to the receiver at a constant rate; and from the moment the publish was due, in which no stall can hide.</summary>
    public static async Task<string> SteadyAsync(string directory, double perSecond, int fanOut, int seconds)
    {
        await using var receiver = await Receiver.StartAsync(FreePorts.Next());
        await using var postern = await Child.PosternAsync(directory, upstream: 9);
        await Subscribing.AtAsync(postern.Port, Enumerable.Range(0, fanOut).Select(number => $"http://127.0.0.1:{receiver.Port}/r{number}"));
        await WarmAsync(postern.Port, receiver, fanOut);
        receiver.Reset();
        var count = (int)(perSecond * seconds);
        var received = Note(receiver, "steady", count, fanOut);
        var cpu = postern.Cpu;
        var sent = await OpenLoop.RunAsync(postern.Port, 4 * Connections, Publishes("steady", count, Requests.Body(1024)), perSecond, 202);
        await receiver.WaitForAsync((long)count * fanOut, TimeSpan.FromMinutes(1));
        var share = (postern.Cpu - cpu).TotalSeconds / Stopwatch.GetElapsedTime(sent.Due[0], sent.Answered[^1]).TotalSeconds;
        var answered = OpenLoop.Latencies([.. sent.Answered.SelectMany(at => Enumerable.Repeat(at, fanOut))], received);
        var due = OpenLoop.Latencies([.. sent.Due.SelectMany(at => Enumerable.Repeat(at, fanOut))], received);
        return Row($"steady {perSecond:N0} ev/s, fan-out {fanOut}, {seconds} s",
            $"202 to receiver: median {ClosedLoop.Percentile(answered, 0.5):N1} ms, p99 {ClosedLoop.Percentile(answered, 0.99):N1} ms; due to receiver: median {ClosedLoop.Percentile(due, 0.5):N1} ms, p99 {ClosedLoop.Percentile(due, 0.99):N1} ms; {sent.PerSecond:N0} ev/s taken, {share:N2} cores", $"-");
    }

    /// <summary>1,000 healthy endpoints at a constant rate, without and with one that hangs and one that takes 30 s, which are owed a million.</summary>
    public static async Task<string> SickAsync(string directory, int owed)
    {
        var (before, beforeMiB) = await BesideSickAsync(Path.Combine(directory, "before"), owed, sick: false);
        var (sick, sickMiB) = await BesideSickAsync(Path.Combine(directory, "sick"), owed, sick: true);
        var (after, afterMiB) = await BesideSickAsync(Path.Combine(directory, "after"), owed, sick: false);
        return Row($"1,000 healthy endpoints beside two sick ones that are owed {owed:N0}", $"p99 {sick:N1} ms, {sickMiB:N0} MiB",
            $"without them p99 {before:N1} and {after:N1} ms: {sick / ((before + after) / 2):N2}; {beforeMiB:N0} and {afterMiB:N0} MiB: {sickMiB / ((beforeMiB + afterMiB) / 2):N2}");
    }

    private static async Task<(double P99, double ResidentMiB)> BesideSickAsync(string directory, int owed, bool sick)
    {
        const int Endpoints = 1000, Resources = 10, PerSecond = 40, Seconds = 20, Warm = 5;
        Directory.CreateDirectory(directory);
        await using var receiver = await Receiver.StartAsync([.. Enumerable.Range(0, Endpoints).Select(_ => FreePorts.Next())]);
        await using var hole = await Receiver.StartAsync([FreePorts.Next(), FreePorts.Next()]);
        await using var postern = await Child.PosternAsync(directory, upstream: 9, "callbacks: { timeout: 60s }");
        foreach (var (index, ports) in receiver.Ports.Chunk(Endpoints / Resources).Index())
        {
            await Subscribing.AtAsync(postern.Port, ports.Select(port => $"http://127.0.0.1:{port}/r"), $"/healthy{index}");
        }

        if (sick)
        {
            await Subscribing.AtAsync(postern.Port, Enumerable.Range(0, 5).Select(number => $"http://127.0.0.1:{hole.Ports[0]}/hang{number}"), "/sick");
            await Subscribing.AtAsync(postern.Port, Enumerable.Range(0, 5).Select(number => $"http://127.0.0.1:{hole.Ports[1]}/slow{number}"), "/sick");
        }

        // The same events in every run: what differs is that somebody is owed them.
        await ClosedLoop.RunAsync(postern.Port, Connections, Publishes("sick", owed / 10, Requests.Body(256), "/sick"), 202);
        await postern.WaitForPendingAsync(sick ? owed * 99 / 100 : 0);

        var count = PerSecond * (Seconds + Warm);
        var perEvent = Endpoints / Resources;
        var received = Note(receiver, "healthy", count, perEvent);
        var body = Requests.Body(1024);
        var requests = Enumerable.Range(0, count).Select(number => Requests.Publish("healthy", number, body, $"/healthy{number % Resources}")).ToArray();
        var sent = await OpenLoop.RunAsync(postern.Port, 8, requests, PerSecond, 202);
        await receiver.WaitForAsync((long)count * perEvent, TimeSpan.FromMinutes(1));
        var due = sent.Due.SelectMany(at => Enumerable.Repeat(at, perEvent)).ToArray();
        return (ClosedLoop.Percentile(OpenLoop.Latencies(due[(PerSecond * Warm * perEvent)..], received[(PerSecond * Warm * perEvent)..]), 0.99), postern.ResidentMiB);
    }

    /// <summary>Time stamps of what the receiver gets from now on, those of one event side by side; 0 where nothing has come.</summary>
    private static long[] Note(Receiver receiver, string run, int events, int each)
    {
        var (received, slots) = (new long[events * each], new int[events]);
        receiver.Seen = (request, at) =>
        {
            var number = int.Parse(request.Headers["ce-id"][0].AsSpan(run.Length + 1), CultureInfo.InvariantCulture);
            received[(number * each) + Interlocked.Increment(ref slots[number]) - 1] = at;
        };
        return received;
    }
}
