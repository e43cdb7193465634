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

    [Fact]
    public async Task With_no_inode_left_a_running_gateway_goes_on_and_a_start_says_what_is_missing()
    {
        Requires.Root();
        await using var disk = await SmallFileSystem.MountAsync(mebibytes: 64, inodes: 40);
        await using var load = await LoadedGateway.StartAsync(data: disk.Path);
        disk.FillInodes();

        await load.Producer.PublishAsync(first: 0, 100);
        Assert.Equal(100, load.Producer.AcknowledgedCount);
        await load.AssertNothingLostAsync(mostDuplicates: 0);

        Assert.Equal(0, await load.Gateway.TerminateAsync());
        disk.FillInodes();
        var (exitCode, log) = await PosternProgram.RunAsync("run", "--config", Path.Combine(disk.Path, $"postern-{new Uri(load.Gateway.Url).Port}.yaml"));
        Assert.True(exitCode == 1 && log.Contains("postern.db", StringComparison.Ordinal), log);

        disk.FreeInodes();
        await load.RestartAsync();
        await load.Producer.PublishAsync(first: 100, 100);
        Assert.Equal(200, load.Producer.AcknowledgedCount);
        await load.AssertNothingLostAsync(mostDuplicates: 0);
    }

    [Fact]
    public async Task Files_that_become_read_only_are_a_503_while_reads_go_on()
    {
        Requires.Root();
        await using var load = await LoadedGateway.StartAsync(callbacks: "concurrency: 1");
        await load.Producer.PublishAsync(first: 0, 20);
        await load.AssertNothingLostAsync(mostDuplicates: 0);
        var files = new[] { "postern.db", "postern.db-wal" }.Select(name => Path.Combine(load.Data, name)).ToArray();

        await RunAsync("chattr", ["+i", .. files]);
        try
        {
            using var refused = await load.Gateway.Client.PublishAsync("/load", "read-only", "load.made", "{}");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            await load.Gateway.Client.CallAsync(HttpMethod.Get, "/orders", HttpStatusCode.OK);
            Assert.NotEmpty((await load.Gateway.AdminAsync("/api/events?limit=5"))["items"]!.AsArray());
        }
        finally
        {
            await RunAsync("chattr", ["-i", .. files]);
        }

        await load.Producer.PublishAsync(first: 20, 20);
        Assert.Equal(40, load.Producer.AcknowledgedCount);
        await load.AssertNothingLostAsync(mostDuplicates: 0);
    }

    private static async Task RunAsync(string program, params IEnumerable<string> arguments)
    {
        await using var process = ChildProcess.Start(program, arguments);
        Assert.True(await process.WaitForExitAsync() == 0, process.Log);
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
