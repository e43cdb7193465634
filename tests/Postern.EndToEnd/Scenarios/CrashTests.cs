using System.Net;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class CrashTests
{
    private const int Events = 10_000;
    private const int Endpoints = 4;
    private const int Concurrency = 16;

    /// <summary>
    /// An attempt is under way until its outcome is on disk. Each place of a lane's window can hold one that has been answered and not yet
    /// recorded, and one that was started for it meanwhile.
    /// </summary>
    private const int MostInFlight = 2 * Endpoints * Concurrency;

    [Fact]
    public async Task After_kill_9_under_load_every_acknowledged_event_is_delivered_and_duplicates_are_those_in_flight()
    {
        await using var load = await Load.StartAsync();
        var publishing = load.Producer.PublishAsync(first: 0, Events);
        await Eventually.TrueAsync(() => load.Receiver.Count >= Events / 4, () => $"{load.Receiver.Count} callbacks before the kill");

        await load.Gateway.KillAsync();
        await publishing;
        var before = load.Receiver.Count;
        Assert.True(before < Events * Endpoints, "Everything was delivered before the kill: it proves nothing.");

        await load.RestartAsync();
        await load.Producer.PublishAsync(first: 0, Events);

        await load.AssertEverythingDeliveredAsync(MostInFlight);
    }

    [Fact]
    public async Task SIGTERM_under_load_ends_with_exit_code_0_and_loses_nothing()
    {
        Requires.Linux();
        await using var load = await Load.StartAsync();
        var publishing = load.Producer.PublishAsync(first: 0, Events);
        await Eventually.TrueAsync(() => load.Receiver.Count >= Events / 4, () => $"{load.Receiver.Count} callbacks before the signal");

        Assert.Equal(0, await load.Gateway.TerminateAsync());
        await publishing;
        Assert.True(load.Receiver.Count < Events * Endpoints, "Everything was delivered before the signal: it proves nothing.");

        await load.RestartAsync();
        await load.Producer.PublishAsync(first: 0, Events);

        await load.AssertEverythingDeliveredAsync(MostInFlight);
    }

    /// <summary>A gateway, one producer, and four endpoints that are owed every event; beside them one that has unsubscribed.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly ScratchDirectory scratch = new();
        private readonly ShopUpstream shop;
        private readonly string[] paths = [.. Enumerable.Range(0, Endpoints).Select(number => $"/to-{number}")];

        private Load(ShopUpstream shop, TestReceiver receiver)
        {
            this.shop = shop;
            Receiver = receiver;
        }

        public TestReceiver Receiver { get; }

        public RunningGateway Gateway { get; private set; } = null!;

        public EventProducer Producer { get; private set; } = null!;

        public static async Task<Load> StartAsync()
        {
            var load = new Load(await ShopUpstream.StartAsync(), await TestReceiver.StartAsync(Endpoints));
            load.Gateway = await RunningGateway.StartAsync(new GatewaySetup
            {
                Upstream = load.shop.Url,
                Data = load.scratch.File("data"),
                Callbacks = $"concurrency: {Concurrency}, retry: {{ schedule: [0s, 200ms, 500ms, 1s], jitter: 0 }}",
            });
            load.Producer = new EventProducer(load.Gateway.Url, "/load");
            foreach (var (url, path) in load.Receiver.Urls.Zip(load.paths))
            {
                load.Receiver.Trust(path, (await load.Gateway.Client.SubscribeAsync("/load", url + path)).Secret);
            }

            var ended = await load.Gateway.Client.SubscribeAsync("/load", load.Receiver.Url + "/ended");
            await load.Gateway.Client.CallAsync(HttpMethod.Post, "/load/unsubscribe", HttpStatusCode.Accepted, new JsonObject { ["id"] = ended.Id });
            return load;
        }

        public async Task RestartAsync()
        {
            var setup = Gateway.Setup;
            await Gateway.DisposeAsync();
            Gateway = await RunningGateway.StartAsync(setup);
        }

        public async Task AssertEverythingDeliveredAsync(int mostDuplicates)
        {
            Assert.Equal(Events, Producer.AcknowledgedCount);
            await Eventually.TrueAsync(
                () => Receiver.Count >= Events * Endpoints && Ledger.Of(Producer.Acknowledged, paths, Receiver.Calls).Lost.Count == 0,
                () => $"everything delivered: {Receiver.Count} callbacks, {Ledger.Of(Producer.Acknowledged, paths, Receiver.Calls).Lost.Count} missing",
                seconds: 120);
            await Eventually.TrueAsync(
                async () => (await Gateway.AdminAsync("/api/callbacks?limit=1"))["items"]!.AsArray().Count == 0, () => "nothing is owed any more");

            var ledger = Ledger.Of(Producer.Acknowledged, paths, Receiver.Calls);
            ledger.AssertNothingLost();
            Assert.True(ledger.Duplicates <= mostDuplicates, $"{ledger.Duplicates} duplicates, at most {mostDuplicates} can have been in flight.");
        }

        public async ValueTask DisposeAsync()
        {
            Producer.Dispose();
            await Gateway.DisposeAsync();
            await Receiver.DisposeAsync();
            await shop.DisposeAsync();
            scratch.Dispose();
        }
    }
}
