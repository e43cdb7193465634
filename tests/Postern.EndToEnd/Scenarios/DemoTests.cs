using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class DemoTests
{
    [Fact]
    public async Task The_demo_tells_its_story_to_the_end()
    {
        var (exitCode, log) = await PosternProgram.RunAsync("demo", "--exit");

        Assert.True(exitCode == 0, log);
        Assert.Contains("orders.created at /all-orders, signature verified", log, StringComparison.Ordinal);
        Assert.Contains("orders.updated at /order-42, signature verified, answered 204, attempt 3", log, StringComparison.Ordinal);
        Assert.Contains("orders.deleted at /order-42, signature verified", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_is_plain_text_when_it_is_not_read_from_a_terminal()
    {
        var (_, log) = await PosternProgram.RunAsync("demo", "--exit");

        Assert.DoesNotContain('\e', log);
    }

    [Fact]
    public async Task The_demo_prints_a_verified_callback_within_20_seconds_and_ends_cleanly_when_it_is_told_to()
    {
        Requires.Linux();
        await using var demo = PosternProgram.Start("demo");

        await Eventually.TrueAsync(() => demo.Log.Contains("signature verified", StringComparison.Ordinal), () => $"a verified callback; printed was:\n{demo.Log}", seconds: 20);
        await Eventually.TrueAsync(() => demo.Log.Contains("Ctrl-C ends it", StringComparison.Ordinal), () => $"the end of the story; printed was:\n{demo.Log}");

        Assert.Equal(0, await demo.TerminateAsync());
    }

    [Fact]
    public async Task The_demo_stays_up_to_play_with()
    {
        Requires.Linux();
        await using var demo = PosternProgram.Start("demo");
        await Eventually.TrueAsync(() => demo.Log.Contains("Ctrl-C ends it", StringComparison.Ordinal), () => $"the end of the story; printed was:\n{demo.Log}");

        var gateway = demo.Log.Split('\n').Single(line => line.TrimStart().StartsWith("gateway ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        using var client = new GatewayClient(gateway);
        await client.CallAsync(HttpMethod.Post, "/orders", System.Net.HttpStatusCode.Created, new System.Text.Json.Nodes.JsonObject { ["item"] = "Assam" });

        await Eventually.TrueAsync(() => demo.Log.Contains("orders.created at /yours, signature verified", StringComparison.Ordinal), () => $"the callback of a call of our own; printed was:\n{demo.Log}");

        // Ended as a user ends it, so that its data directory goes with it.
        Assert.Equal(0, await demo.TerminateAsync());
    }
}
