using System.Text.Json.Nodes;

namespace Postern.EndToEnd.Harness;

/// <summary>A gateway, one producer, and endpoints that are owed every event it publishes: what a fault is brought upon.</summary>
internal sealed class LoadedGateway : IAsyncDisposable
{
    private readonly ShopUpstream shop;
    private readonly Launch? launch;
    private readonly string[] paths;

    private LoadedGateway(ShopUpstream shop, TestReceiver receiver, Launch? launch)
    {
        (this.shop, this.launch) = (shop, launch);
        Receiver = receiver;
        paths = [.. Enumerable.Range(0, receiver.Urls.Count).Select(number => $"/to-{number}")];
    }

    public ScratchDirectory Scratch { get; } = new();

    public TestReceiver Receiver { get; }

    public RunningGateway Gateway { get; private set; } = null!;

    public EventProducer Producer { get; private set; } = null!;

    public string Data => Gateway.Setup.Data;

    /// <param name="data">Where the node's files stand; null: in the scratch directory.</param>
    /// <param name="store">URL of a database; null: a file there.</param>
    public static async Task<LoadedGateway> StartAsync(
        int endpoints = 1, string callbacks = "", Launch? launch = null, string? data = null, string? upstream = null, string? store = null,
        string more = "")
    {
        var load = new LoadedGateway(await ShopUpstream.StartAsync(), await TestReceiver.StartAsync(endpoints), launch);
        var setup = new GatewaySetup { Upstream = upstream ?? load.shop.Url, Data = data ?? load.Scratch.File("data"), Store = store, More = more };
        load.Gateway = await RunningGateway.StartAsync(callbacks.Length == 0 ? setup : setup with { Callbacks = $"{setup.Callbacks}, {callbacks}" }, launch);
        load.Producer = new EventProducer(load.Gateway.Url, "/load");
        foreach (var (url, path) in load.Receiver.Urls.Zip(load.paths))
        {
            load.Receiver.Trust(path, (await load.Gateway.Client.SubscribeAsync("/load", url + path)).Secret);
        }

        return load;
    }

    /// <summary>Waits until so many callbacks have come.</summary>
    public Task ReceivedAsync(int count, int seconds = 30) =>
        Eventually.TrueAsync(() => Receiver.Count >= count, () => $"{count} callbacks; {Receiver.Count} have come", seconds);

    public async Task RestartAsync()
    {
        var setup = Gateway.Setup;
        await Gateway.DisposeAsync();
        Gateway = await RunningGateway.StartAsync(setup, launch);
    }

    /// <summary>Waits until nothing is owed, and judges.</summary>
    /// <param name="mostDuplicates">What may have been in flight when the fault came.</param>
    public async Task AssertNothingLostAsync(int mostDuplicates, int seconds = 60)
    {
        await Eventually.TrueAsync(
            () => Ledger.Of(Producer.Acknowledged, paths, Receiver.Calls).Lost.Count == 0,
            () => $"everything delivered: {Receiver.Count} callbacks, {Ledger.Of(Producer.Acknowledged, paths, Receiver.Calls).Lost.Count} missing", seconds);
        await Eventually.TrueAsync(async () => (await OwedAsync()).Count == 0, () => "nothing is owed any more");
        var ledger = Ledger.Of(Producer.Acknowledged, paths, Receiver.Calls);
        ledger.AssertNothingLost();
        Assert.True(ledger.Duplicates <= mostDuplicates, $"{ledger.Duplicates} duplicates, at most {mostDuplicates} can have been in flight.");
    }

    /// <summary>Waits until a path has had every acknowledged event, and looks at no other path.</summary>
    public Task AssertDeliveredAsync(string path, int seconds = 30) => Eventually.TrueAsync(
        () => !Producer.Acknowledged.Except(Receiver.At(path).Select(call => call.EventId)).Any(),
        () => $"{Producer.AcknowledgedCount} events at {path}; {Receiver.At(path).Count} have come", seconds);

    public async ValueTask DisposeAsync()
    {
        Producer?.Dispose();
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }

        await Receiver.DisposeAsync();
        await shop.DisposeAsync();
        Scratch.Dispose();
    }

    private async Task<JsonArray> OwedAsync() => (await Gateway.AdminAsync("/api/callbacks?limit=1"))["items"]!.AsArray();
}
