using System.Net;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class ReloadTests
{
    [Fact]
    public async Task A_bad_file_changes_nothing_and_is_explained_and_a_good_one_applies_without_a_restart()
    {
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        await using var other = await StreamUpstream.StartAsync();
        var setup = new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data") };
        await using var gateway = await RunningGateway.StartAsync(setup);
        Assert.Null(await RejectedAsync(gateway));

        await gateway.ReconfigureAsync((setup with { Upstream = "ftp://nowhere" }).Yaml);
        await Eventually.TrueAsync(async () => await RejectedAsync(gateway) is not null, () => "the bad file is noticed");

        var error = (await RejectedAsync(gateway))!["errors"]![0]!;
        Assert.Equal("apis.shop.upstream", (string?)error["path"]);
        Assert.Equal(7, (int?)error["line"]);
        Assert.Contains("ftp", (string?)error["message"], StringComparison.Ordinal);
        await gateway.Client.CallAsync(HttpMethod.Get, "/orders", HttpStatusCode.OK);

        await gateway.ReconfigureAsync(setup.Yaml + $"\n  other: {{ upstream: {other.Url}, path: /other }}\n");
        await Eventually.TrueAsync(async () => await RejectedAsync(gateway) is null, () => "the good file is taken");

        Assert.Equal(10, (await gateway.Client.Http.GetByteArrayAsync("/other/download?bytes=10", TestContext.Current.CancellationToken)).Length);
        await gateway.Client.CallAsync(HttpMethod.Get, "/orders", HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_rate_that_is_given_while_the_program_runs_holds_from_then_on_and_that_of_an_endpoint_in_its_place()
    {
        const int Events = 30;
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = await TestReceiver.StartAsync();
        var setup = new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data") };
        await using var gateway = await RunningGateway.StartAsync(setup);
        await gateway.Client.SubscribeAsync("/load", receiver.Url + "/all");
        using var first = await gateway.Client.PublishAsync("/load", "first", "load.made", "{}");
        await Eventually.TrueAsync(() => receiver.Count == 1, () => "the first one came");
        Assert.Null(await RateAsync(gateway));

        await gateway.ReconfigureAsync((setup with { Callbacks = setup.Callbacks + ", rate: 1000" }).Yaml);
        await Eventually.TrueAsync(async () => await RateAsync(gateway) == 1000, () => "the rate of all endpoints is taken");
        await gateway.ReconfigureAsync((setup with { Callbacks = $"{setup.Callbacks}, rate: 1000, endpoints: {{ '{receiver.Url}': {{ rate: 10 }} }}" }).Yaml);
        await Eventually.TrueAsync(async () => await RateAsync(gateway) == 10, () => "the rate of this endpoint is taken");

        for (var index = 0; index < Events; index++)
        {
            using var answer = await gateway.Client.PublishAsync("/load", $"{index}", "load.made", "{}");
        }

        await Eventually.TrueAsync(() => receiver.Count == Events + 1, () => $"{receiver.Count} came");
        var times = receiver.Calls.Skip(1).Select(call => call.At).Order().ToArray();

        // Delays on the way only make it longer; a burst is a tenth of a second, and the first may have waited on the way for half a one.
        Assert.True((times[^1] - times[0]).TotalSeconds > ((Events - 2) / 10.0) - 0.5, $"{Events} callbacks within {times[^1] - times[0]}");

        await gateway.ReconfigureAsync(setup.Yaml);
        await Eventually.TrueAsync(async () => await RateAsync(gateway) is null, () => "the rate is taken back");
    }

    private static async Task<double?> RateAsync(RunningGateway gateway) => (double?)(await gateway.AdminAsync("/api/endpoints"))["items"]![0]!["rate"];

    private static async Task<JsonNode?> RejectedAsync(RunningGateway gateway) => (await gateway.AdminAsync("/api/configuration"))["lastRejected"];
}
