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

    private static async Task<JsonNode?> RejectedAsync(RunningGateway gateway) => (await gateway.AdminAsync("/api/configuration"))["lastRejected"];
}
