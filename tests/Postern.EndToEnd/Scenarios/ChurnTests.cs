using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class ChurnTests
{
    private const int Callers = 8;

    /// <summary>8,000 by default; tests/faults/churn.sh takes a million.</summary>
    private static readonly int Subscriptions = int.Parse(Environment.GetEnvironmentVariable("POSTERN_TEST_CHURN") ?? "8000", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Subscriptions_that_come_and_go_by_the_thousand_cost_no_memory_and_get_nothing_after_they_are_gone()
    {
        Requires.Linux();
        await using var load = await LoadedGateway.StartAsync();
        // Once through, so that what the runtime keeps for itself is there before it is measured.
        await ChurnAsync(load, Subscriptions / 8, "/warm", new());
        var before = load.Gateway.Status("VmRSS");

        var ended = new ConcurrentDictionary<string, DateTimeOffset>();
        using var stop = new CancellationTokenSource();
        var publishing = PublishAsync(load.Producer, stop.Token);
        await ChurnAsync(load, Subscriptions, "/gone", ended);
        await stop.CancelAsync();
        await publishing;

        await load.AssertDeliveredAsync("/to-0");
        var late = load.Receiver.Calls
            .Where(call => ended.TryGetValue(call.Path, out var end) && call.At > end.AddSeconds(1))
            .Select(call => $"{call.Path}: {call.At - ended[call.Path]} after the 202");
        Assert.Empty(late);
        Assert.Equal(Subscriptions, ended.Count);
        Assert.Single((await load.Gateway.AdminAsync("/api/subscriptions?limit=500"))["items"]!.AsArray());
        var grown = (load.Gateway.Status("VmRSS") - before) / 1024;
        Assert.True(grown < 100, $"{grown} MiB more after {Subscriptions} subscriptions that are gone");
    }

    private static async Task ChurnAsync(LoadedGateway load, int count, string prefix, ConcurrentDictionary<string, DateTimeOffset> ended)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            using var caller = new GatewayClient(load.Gateway.Url);
            for (var number = Interlocked.Increment(ref next); number <= count; number = Interlocked.Increment(ref next))
            {
                var path = $"{prefix}-{number}";
                var subscribed = await caller.SubscribeAsync("/load", load.Receiver.Url + path);
                await caller.CallAsync(HttpMethod.Post, "/load/unsubscribe", HttpStatusCode.Accepted, new JsonObject { ["id"] = subscribed.Id });
                ended[path] = DateTimeOffset.UtcNow;
            }
        }));
    }

    private static async Task PublishAsync(EventProducer producer, CancellationToken stop)
    {
        for (var first = 0; !stop.IsCancellationRequested; first += 20)
        {
            await producer.PublishAsync(first, 20);
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }
    }
}
