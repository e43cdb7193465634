using System.Net;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class DiskTests
{
    [Fact]
    public async Task A_full_disk_is_a_503_for_publishers_and_recovers_with_nothing_acknowledged_lost()
    {
        Requires.Root();
        await using var disk = await SmallFileSystem.MountAsync(mebibytes: 64);
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = await TestReceiver.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(new GatewaySetup { Upstream = shop.Url, Data = disk.Path });
        receiver.Trust("/all", (await gateway.Client.SubscribeAsync("/load", receiver.Url + "/all")).Secret);

        disk.Fill(leaveMebibytes: 2);
        List<string> acknowledged = [];
        var refused = await PublishUntilAsync(gateway, HttpStatusCode.ServiceUnavailable, "full", acknowledged);
        Assert.True(refused.Headers.RetryAfter is not null, "A 503 says when to try again.");
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        await gateway.Client.CallAsync(HttpMethod.Get, "/orders", HttpStatusCode.OK);

        disk.MakeRoom();
        await PublishUntilAsync(gateway, HttpStatusCode.Accepted, "again", acknowledged);

        await Eventually.TrueAsync(
            () => acknowledged.All(id => receiver.Calls.Any(call => call.EventId == id)),
            () => $"{receiver.Count} callbacks for {acknowledged.Count} acknowledged events", seconds: 60);
    }

    [Fact]
    public async Task A_second_process_on_the_same_store_refuses_to_start_and_the_first_goes_on()
    {
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        await using var first = await RunningGateway.StartAsync(new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data") });
        var second = new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data") };

        var (exitCode, log) = await PosternProgram.RunAsync("run", "--config", await scratch.WriteAsync("second.yaml", second.Yaml));

        Assert.True(exitCode == 1, log);
        Assert.Contains("postern.db", log, StringComparison.Ordinal);
        await first.Client.CallAsync(HttpMethod.Get, "/orders", HttpStatusCode.OK);
        using var published = await first.Client.PublishAsync("/load", "1", "load.made", "{}");
        Assert.Equal(HttpStatusCode.Accepted, published.StatusCode);
    }

    /// <summary>Publishes events of 64 KiB, one after the other, until the wanted status comes.</summary>
    private static async Task<HttpResponseMessage> PublishUntilAsync(RunningGateway gateway, HttpStatusCode wanted, string prefix, List<string> acknowledged)
    {
        var data = $"\"{new string('x', 64 * 1024)}\"";
        HttpResponseMessage? last = null;
        var number = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                var id = $"{prefix}-{number++}";
                last = await gateway.Client.PublishAsync("/load", id, "load.made", data);
                if (last.StatusCode is HttpStatusCode.Accepted)
                {
                    acknowledged.Add(id);
                }

                return last.StatusCode == wanted;
            },
            () => $"{wanted}; the last answer was {last?.StatusCode}");
        return last!;
    }
}
