using System.Collections.Concurrent;
using System.Diagnostics;

namespace Postern.Load;

/// <summary>What is measured. Each scenario returns one row of the ledger and cleans up behind itself.</summary>
internal static partial class Scenarios
{
    private const int Connections = 64;
    private const int WarmRounds = 5;

    public static async Task<string> IngestAsync(string directory, int count)
    {
        await using var twin = await Child.TwinAsync("ingest", FreePorts.Next());
        await using var postern = await Child.PosternAsync(directory, upstream: 9);
        await WarmAsync(postern.Port);
        var body = Requests.Body(1024);
        var bare = await ClosedLoop.RunAsync(twin.Port, Connections, Publishes("twin", count, body), 202);
        var cpu = postern.Cpu;
        var ours = await ClosedLoop.RunAsync(postern.Port, Connections, Publishes("run", count, body), 202);
        var perEvent = (postern.Cpu - cpu).TotalMicroseconds / count;
        var inserts = await Twins.GroupCommitAsync(directory, count);
        return Row($"ingest, 64 connections", $"{ours.PerSecond:N0} ev/s, p50 {ours.P50:N1} ms, p99 {ours.P99:N1} ms, {perEvent:N0} µs CPU",
            $"bare Kestrel {bare.PerSecond:N0}/s: {ours.PerSecond / bare.PerSecond:N2}; bare group commit {inserts:N0}/s: {ours.PerSecond / inserts:N2}");
    }

    public static async Task<string> DeliverAsync(string directory, int events, int fanOut)
    {
        await using var receiver = await Receiver.StartAsync([.. Enumerable.Range(0, fanOut).Select(_ => FreePorts.Next())]);
        await using var postern = await Child.PosternAsync(directory, upstream: 9);
        await Subscribing.AtAsync(postern.Port, receiver.Ports.Select(port => $"http://127.0.0.1:{port}/r"));
        await WarmAsync(postern.Port, receiver, fanOut);
        receiver.Reset();
        var requests = Publishes("run", events, Requests.Body(1024));
        var cpu = postern.Cpu;
        var all = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        var ingest = await ClosedLoop.RunAsync(postern.Port, Connections, requests, 202);
        await receiver.WaitForAsync((long)events * fanOut, TimeSpan.FromMinutes(2));
        var deliveries = events * fanOut / watch.Elapsed.TotalSeconds;
        var perDelivery = (postern.Cpu - cpu).TotalMicroseconds / ((double)events * fanOut);
        var whole = (postern.Cpu - cpu + Process.GetCurrentProcess().TotalProcessorTime - all).TotalMicroseconds / ((double)events * fanOut);
        var twin = await Twins.SignedPostsAsync(receiver.Port, 60_000);
        return Row($"deliver, fan-out {fanOut}", $"{deliveries:N0} deliveries/s ({ingest.PerSecond:N0} ev/s taken, p99 {ingest.P99:N1} ms), {perDelivery:N0} µs CPU each ({whole:N0} with load and receiver)",
            $"bare signed loop {twin.PerSecond:N0}/s: {deliveries / twin.PerSecond:N2}");
    }

    public static async Task<string> IdleLatencyAsync(string directory, int count)
    {
        await using var receiver = await Receiver.StartAsync(FreePorts.Next());
        await using var postern = await Child.PosternAsync(directory, upstream: 9);
        await Subscribing.AtAsync(postern.Port, [$"http://127.0.0.1:{receiver.Port}/idle"]);
        await WarmAsync(postern.Port, receiver, 1);
        var seen = new BlockingCollection<long>();
        receiver.Seen = (_, at) => seen.Add(at);
        using var client = await RawClient.ConnectAsync(postern.Port);
        var latencies = new double[count];
        foreach (var (index, request) in Publishes("idle", count, Requests.Body(1024)).Index())
        {
            await client.SendAsync(request);
            var acknowledged = Stopwatch.GetTimestamp();
            latencies[index] = (seen.Take() - acknowledged) / (double)Stopwatch.Frequency * 1000;
            await Task.Delay(10);
        }

        Array.Sort(latencies);
        return Row($"idle latency, 202 to receiver", $"median {ClosedLoop.Percentile(latencies, 0.5):N2} ms, p99 {ClosedLoop.Percentile(latencies, 0.99):N2} ms", $"-");
    }

    public static async Task<string> MemoryAsync(string directory, int owed)
    {
        await using var receiver = await Receiver.StartAsync(FreePorts.Next());
        await using var postern = await Child.PosternAsync(directory, upstream: 9);
        await WarmAsync(postern.Port);
        var before = postern.ResidentMiB;
        await Subscribing.AtAsync(postern.Port, Enumerable.Range(0, 10).Select(number => $"http://127.0.0.1:{receiver.Port}/hang{number}"));
        var ingest = await ClosedLoop.RunAsync(postern.Port, Connections, Publishes("owed", owed / 10, Requests.Body(256)), 202);
        await postern.WaitForPendingAsync(owed);

        await Task.Delay(TimeSpan.FromSeconds(3));
        return Row($"memory with {owed:N0} callbacks owed", $"{postern.ResidentMiB:N0} MiB resident ({before:N0} before), taken at {ingest.PerSecond:N0} ev/s", $"-");
    }

    public static async Task<string> NeighbourAsync(string directory, int events)
    {
        var quiet = await NeighboursAsync(Path.Combine(directory, "quiet"), events, hanging: false);
        var hanging = await NeighboursAsync(Path.Combine(directory, "hanging"), events, hanging: true);
        var again = await NeighboursAsync(Path.Combine(directory, "again"), events, hanging: false);
        return Row($"200 receivers beside one that hangs", $"p99 {hanging:N1} ms", $"without it {quiet:N1} and {again:N1} ms: {hanging / ((quiet + again) / 2):N2}");
    }

    public static async Task<string> ProxyAsync(string directory, int count)
    {
        await using var api = await Child.TwinAsync("api", FreePorts.Next());
        await using var yarp = await Child.TwinAsync("yarp", FreePorts.Next(), api.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await using var postern = await Child.PosternAsync(directory, api.Port);
        var requests = Enumerable.Repeat(Requests.Get("/orders/42"), count).ToArray();
        await ClosedLoop.RunAsync(yarp.Port, Connections, requests[..5000], 200);
        await ClosedLoop.RunAsync(postern.Port, Connections, requests[..5000], 200);
        var ratios = new List<double>();
        ClosedLoop.Result? bare = null, ours = null;
        for (var round = 0; round < 3; round++)
        {
            bare = await ClosedLoop.RunAsync(yarp.Port, Connections, requests, 200);
            ours = await ClosedLoop.RunAsync(postern.Port, Connections, requests, 200);
            ratios.Add(ours.PerSecond / bare.PerSecond);
        }

        var posts = Enumerable.Repeat(Requests.Post("/orders", Requests.Body(1024)), count / 2).ToArray();
        await ClosedLoop.RunAsync(postern.Port, Connections, posts[..5000], 200);
        var captured = await ClosedLoop.RunAsync(postern.Port, Connections, posts, 200);
        ratios.Sort();
        return Row($"proxy GET 1 KiB", $"{ours!.PerSecond:N0}/s, p99 {ours.P99:N1} ms; captured POST {captured.PerSecond:N0}/s, p99 {captured.P99:N1} ms",
            $"bare YARP {bare!.PerSecond:N0}/s: {ratios[1]:N2} (median of 3)");
    }

    private static async Task<double> NeighboursAsync(string directory, int events, bool hanging)
    {
        Directory.CreateDirectory(directory);
        await using var receiver = await Receiver.StartAsync([.. Enumerable.Range(0, 200).Select(_ => FreePorts.Next())]);
        await using var hole = await Receiver.StartAsync(FreePorts.Next());
        await using var postern = await Child.PosternAsync(directory, upstream: 9);
        await Subscribing.AtAsync(postern.Port, receiver.Ports.Select(port => $"http://127.0.0.1:{port}/r"));
        if (hanging)
        {
            await Subscribing.AtAsync(postern.Port, [$"http://127.0.0.1:{hole.Port}/hang"]);
        }

        // One event after the other, each to 200 endpoints: the latency of a callback is counted from the sending of its event.
        var count = 0;
        var sent = 0L;
        var latencies = new ConcurrentBag<double>();
        receiver.Seen = (_, at) =>
        {
            latencies.Add((at - Interlocked.Read(ref sent)) / (double)Stopwatch.Frequency * 1000);
            Interlocked.Increment(ref count);
        };
        using var client = await RawClient.ConnectAsync(postern.Port);
        foreach (var (index, request) in Publishes("n", events, Requests.Body(1024)).Index())
        {
            Interlocked.Exchange(ref sent, Stopwatch.GetTimestamp());
            await client.SendAsync(request);
            await receiver.WaitForAsync((index + 1) * 200L, TimeSpan.FromSeconds(60));
            if (index == events / 3)
            {
                latencies.Clear(); // The first third warms up: connections, then the compiler.
            }
        }

        var sorted = latencies.ToArray();
        Array.Sort(sorted);
        return ClosedLoop.Percentile(sorted, 0.99);
    }

    private static byte[][] Publishes(string run, int count, byte[] body, string source = "/orders") =>
        Enumerable.Range(0, count).Select(number => Requests.Publish(run, number, body, source)).ToArray();

    private static async Task WarmAsync(int port, Receiver? receiver = null, int fanOut = 0)
    {
        // The runtime compiles a method again when it was called often and nothing new has been compiled for 100 ms: without
        // rounds and pauses a fifth of what is measured is its compiler.
        var perRound = 10_000 / Math.Max(1, fanOut / 4);
        for (var round = 1; round <= WarmRounds; round++)
        {
            await ClosedLoop.RunAsync(port, Connections, Publishes($"warm{round}", perRound, Requests.Body(1024)), 202);
            if (receiver is not null)
            {
                await receiver.WaitForAsync((long)round * perRound * fanOut, TimeSpan.FromMinutes(2));
            }

            await Task.Delay(500);
        }
    }

    private static string Row(FormattableString name, FormattableString ours, FormattableString twin) =>
        $"| {FormattableString.Invariant(name)} | {FormattableString.Invariant(ours)} | {FormattableString.Invariant(twin)} |";
}
