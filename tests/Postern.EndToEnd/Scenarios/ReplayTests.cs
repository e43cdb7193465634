using System.Net;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

/// <summary>What was not delivered is sent again: from the command line, over a restart, with the same ids.</summary>
public sealed class ReplayTests
{
    private const int Events = 200;

    // Not a 5xx: five of those in a row close the lane, and what waits on disk spends no attempts.
    private const int Refused = 404;

    [Fact]
    public async Task Dead_callbacks_come_back_from_the_command_line_with_the_ids_they_had()
    {
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = await TestReceiver.StartAsync();
        var setup = Setup(shop, scratch);
        await using var gateway = await RunningGateway.StartAsync(setup);
        var subscribed = await DieAsync(gateway, receiver);

        var (exit, log) = await PosternProgram.RunAsync("replay", "--admin", setup.Admin, "--subscription", subscribed.Id, "--dead", "--rate", "1000");

        Assert.True(exit == 0, log);
        Assert.Contains($"done, {Events} of {Events} looked at, {Events} owed again", log, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => Delivered(receiver).Count >= Events, () => $"{Delivered(receiver).Count} of {Events} callbacks", seconds: 60);
        Assert.Equal(receiver.Calls.Where(call => call.Status == Refused).Select(call => call.WebhookId).Order(), Delivered(receiver).Order());
        Assert.All(receiver.Calls, call => Assert.True(call.Verified));

        // Once more, by name.
        var first = Delivered(receiver)[0];
        (exit, log) = await PosternProgram.RunAsync("replay", "--admin", setup.Admin, "--subscription", subscribed.Id, "--event", first);
        Assert.True(exit == 0, log);
        await Eventually.TrueAsync(() => Delivered(receiver).Count(id => id == first) == 2, () => $"{first} came twice");
    }

    [Fact]
    public async Task A_job_goes_on_after_a_kill_and_owes_each_callback_once()
    {
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = await TestReceiver.StartAsync();
        var setup = Setup(shop, scratch);
        Subscribed subscribed;
        string job;
        await using (var gateway = await RunningGateway.StartAsync(setup))
        {
            subscribed = await DieAsync(gateway, receiver);
            var answer = await gateway.Client.CallAsync(
                HttpMethod.Post, subscribed.Path + "/replay", HttpStatusCode.Accepted, new JsonObject { ["dead"] = true, ["rate"] = 100 });
            job = (string)answer!["id"]!;
            await Eventually.TrueAsync(() => Delivered(receiver).Count > 0, () => "the job has begun");
            await gateway.KillAsync();
        }

        Assert.InRange(Delivered(receiver).Count, 1, Events - 1);
        await using var again = await RunningGateway.StartAsync(setup);
        await Eventually.TrueAsync(
            async () => (string)(await again.Client.CallAsync(HttpMethod.Get, $"{subscribed.Path}/jobs/{job}", HttpStatusCode.OK))!["state"]! == "done",
            () => "the job has ended", seconds: 60);

        var ended = await again.AdminAsync("/api/jobs/" + job);
        Assert.Equal((Events, Events), ((int)ended["done"]!, (int)ended["looked"]!));
        await Eventually.TrueAsync(() => Delivered(receiver).Distinct().Count() == Events, () => $"{Delivered(receiver).Count} of {Events} callbacks", seconds: 60);
        Assert.Equal(0, await DeadAsync(again));
    }

    [Fact]
    public async Task A_command_that_cannot_be_done_says_why()
    {
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        var setup = new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data") };
        var nobody = $"http://127.0.0.1:{FreePort.Next()}";

        var (exit, log) = await PosternProgram.RunAsync("replay", "--admin", nobody, "--all");
        Assert.Equal(1, exit);
        Assert.Contains("does not answer", log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);

        await using var gateway = await RunningGateway.StartAsync(setup);
        (exit, log) = await PosternProgram.RunAsync("replay", "--admin", setup.Admin, "--subscription", "sub_none", "--missed");
        Assert.Equal(1, exit);
        Assert.Contains("404", log, StringComparison.Ordinal);
        (exit, log) = await PosternProgram.RunAsync("replay", "--admin", setup.Gateway, "--all");
        Assert.Equal(1, exit);
        Assert.Contains("is not the admin port", log, StringComparison.Ordinal);
        (exit, log) = await PosternProgram.RunAsync("replay", "--admin", setup.Admin, "--all");
        Assert.True(exit == 0, log);
        Assert.Contains("done, 0 of 0 looked at", log, StringComparison.Ordinal);
        foreach (var wrong in (string[][])[[], ["--all", "--missed"], ["--subscription", "sub_1"], ["--subscription", "sub_1", "--from", "yesterday"], ["--all", "--callback", "cb_1"]])
        {
            Assert.Equal(2, (await PosternProgram.RunAsync(["replay", .. wrong])).ExitCode);
        }
    }

    private static GatewaySetup Setup(ShopUpstream shop, ScratchDirectory scratch) =>
        new() { Upstream = shop.Url, Data = scratch.File("data"), Callbacks = "retry: { giveUpAfter: 0s, jitter: 0 }" };

    /// <summary>Subscribes a receiver that fails until every callback is dead, and is well from then on.</summary>
    private static async Task<Subscribed> DieAsync(RunningGateway gateway, TestReceiver receiver)
    {
        receiver.Answer = _ => Refused;
        var subscribed = await gateway.Client.SubscribeAsync("/load", receiver.Url + "/hook");
        receiver.Trust("/hook", subscribed.Secret);
        using var producer = new EventProducer(gateway.Url, "/load", batchSize: 10, connections: 2);
        await producer.PublishAsync(first: 0, Events);
        await Eventually.TrueAsync(async () => await DeadAsync(gateway) == Events, () => $"{receiver.Count} of {Events} callbacks are dead", seconds: 60);
        receiver.Answer = _ => 204;
        return subscribed;
    }

    /// <summary>webhook-id of each callback that was answered 2xx.</summary>
    private static List<string> Delivered(TestReceiver receiver) => [.. receiver.Calls.Where(call => call.Status == 204).Select(call => call.WebhookId)];

    private static async Task<int> DeadAsync(RunningGateway gateway) => (await gateway.AdminAsync("/api/callbacks?state=dead&limit=500"))["items"]!.AsArray().Count;
}
