using System.Net;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class HealthCommandTests
{
    [Fact]
    public async Task It_says_by_its_exit_code_whether_the_node_is_ready_also_over_tls()
    {
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        using var tls = await TlsFiles.CreateAsync();
        var setup = new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data"), Tls = tls };
        await using (var gateway = await RunningGateway.StartAsync(setup))
        {
            var (ready, said) = await PosternProgram.RunAsync("health", "--admin", setup.Admin);
            Assert.True(ready == 0, said);
            Assert.Equal("ready", said.Trim());
        }

        var (gone, why) = await PosternProgram.RunAsync("health", "--admin", setup.Admin);
        Assert.Equal(1, gone);
        Assert.Contains($"{setup.Admin}/ does not answer", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_cannot_write_says_why_it_is_not_ready()
    {
        Requires.Root();
        await using var small = await SmallFileSystem.MountAsync(mebibytes: 64);
        await using var shop = await ShopUpstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(new GatewaySetup { Upstream = shop.Url, Data = small.Path });
        small.Fill(leaveMebibytes: 1);
        var number = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await gateway.Client.PublishAsync("/load", $"{number++}", "load.made", $"\"{new string('x', 100_000)}\"");
                return answer.StatusCode is HttpStatusCode.ServiceUnavailable;
            },
            () => "the disk is full");

        var (exitCode, said) = await PosternProgram.RunAsync("health", "--admin", gateway.Setup.Admin);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("not ready", said, StringComparison.Ordinal);
        Assert.Contains("store: ", said, StringComparison.Ordinal);
        Assert.Contains("is full", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_answers_and_is_no_Postern_is_told()
    {
        await using var shop = await ShopUpstream.StartAsync();

        var (exitCode, said) = await PosternProgram.RunAsync("health", "--admin", shop.Url);

        Assert.Equal(1, exitCode);
        Assert.Contains("not the admin port of a Postern", said, StringComparison.Ordinal);
    }
}
