using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class HangingReceiverTests
{
    private const int Others = 200;
    private const int Events = 50;

    [Fact]
    public async Task Two_hundred_receivers_get_everything_while_one_hangs_for_ever()
    {
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = await TestReceiver.StartAsync(Others + 1);
        await using var gateway = await RunningGateway.StartAsync(new GatewaySetup
        {
            Upstream = shop.Url, Data = scratch.File("data"), Callbacks = "timeout: 60s",
        });
        await gateway.Client.SubscribeAsync("/load", receiver.Urls[Others] + "/hang");
        string[] paths = [.. Enumerable.Range(0, Others).Select(number => $"/to-{number}")];
        foreach (var (url, path) in receiver.Urls.Zip(paths))
        {
            receiver.Trust(path, (await gateway.Client.SubscribeAsync("/load", url + path)).Secret);
        }

        using var producer = new EventProducer(gateway.Url, "/load", batchSize: 5, connections: 2);
        await producer.PublishAsync(first: 0, Events);

        await Eventually.TrueAsync(() => receiver.Count >= Others * Events, () => $"{receiver.Count} of {Others * Events} callbacks", seconds: 60);
        Assert.True(receiver.Hanging > 0, "Nothing hangs: it proves nothing.");
        var ledger = Ledger.Of(producer.Acknowledged, paths, receiver.Calls);
        ledger.AssertNothingLost();
        Assert.Equal(0, ledger.Duplicates);
    }
}
