using System.Net;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class VerificationTests
{
    [Fact]
    public async Task Only_the_challenge_itself_proves_that_a_receiver_wants_callbacks()
    {
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = await ConsentReceiver.StartAsync();
        using var scratch = new ScratchDirectory();
        await using var gateway = await RunningGateway.StartAsync(new GatewaySetup { Upstream = shop.Url, Data = scratch.Path, Api = "verify: challenge" });

        var hostile = new List<Subscribed>();
        foreach (var path in new[] { "/white", "/part", "/query", "/more", "/refusing", "/moved", "/silent" })
        {
            hostile.Add(await gateway.Client.SubscribeAsync("/orders", receiver.Url + path));
        }

        var good = await gateway.Client.SubscribeAsync("/orders", receiver.Url + "/good?mine=1");
        (await gateway.Client.PublishAsync("/orders", "one", "orders.created", "{}")).EnsureSuccessStatusCode();

        await Eventually.TrueAsync(() => Task.FromResult(receiver.Callbacks("/good") == 1), () => "what was kept came after the proof");
        Assert.StartsWith("?mine=1&hub.mode=subscribe&hub.topic=%2Forders&hub.challenge=", receiver.At("/good")[0].Query, StringComparison.Ordinal);
        Assert.Equal("active", (string)(await ReadAsync(gateway, good))["state"]!);
        foreach (var one in hostile)
        {
            JsonNode read = null!;
            await Eventually.TrueAsync(async () => (int)(read = await ReadAsync(gateway, one))["verification"]!["failures"]! > 0, () => $"{one.Id} was asked: {read}");
            Assert.Equal("pending", (string)read["state"]!);
            Assert.NotNull(read["verification"]!["error"]);
        }

        Assert.Empty(receiver.At("/target"));
        Assert.All(new[] { "/white", "/part", "/query", "/more", "/refusing", "/moved", "/silent" }, path => Assert.Equal(0, receiver.Callbacks(path)));
    }

    [Fact]
    public async Task A_status_is_no_consent_to_a_handshake_and_a_grant_is_told_with_each_callback()
    {
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = await ConsentReceiver.StartAsync();
        using var scratch = new ScratchDirectory();
        await using var gateway = await RunningGateway.StartAsync(new GatewaySetup
        {
            Upstream = shop.Url, Data = scratch.Path, Api = "verify: handshake", More = "verification: { origin: gateway.example.com }",
        });

        var silent = await gateway.Client.SubscribeAsync("/orders", receiver.Url + "/silent");
        var foreign = await gateway.Client.SubscribeAsync("/orders", receiver.Url + "/foreign");
        await gateway.Client.SubscribeAsync("/orders", receiver.Url + "/consenting");
        (await gateway.Client.PublishAsync("/orders", "one", "orders.created", "{}")).EnsureSuccessStatusCode();

        await Eventually.TrueAsync(() => Task.FromResult(receiver.Callbacks("/consenting") == 1), () => "the event came");
        Assert.Equal(["OPTIONS", "POST"], receiver.At("/consenting").Select(call => call.Method));
        Assert.All(receiver.At("/consenting"), call => Assert.Equal("gateway.example.com", call.Origin));
        foreach (var one in new[] { silent, foreign })
        {
            await Eventually.TrueAsync(async () => (int)(await ReadAsync(gateway, one))["verification"]!["failures"]! > 0, () => $"{one.Id} was asked");
            Assert.Equal("pending", (string)(await ReadAsync(gateway, one))["state"]!);
        }

        Assert.Equal(0, receiver.Callbacks("/silent") + receiver.Callbacks("/foreign"));
    }

    [Fact]
    public async Task A_subscription_whose_gateway_was_killed_while_it_was_pending_is_verified_afterwards_and_gets_what_was_kept()
    {
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = await ConsentReceiver.StartAsync();
        using var scratch = new ScratchDirectory();
        var setup = new GatewaySetup { Upstream = shop.Url, Data = scratch.Path, Api = "verify: challenge" };
        Subscribed late;
        await using (var killed = await RunningGateway.StartAsync(setup))
        {
            late = await killed.Client.SubscribeAsync("/orders", receiver.Url + "/late");
            (await killed.Client.PublishAsync("/orders", "one", "orders.created", "{}")).EnsureSuccessStatusCode();
            await Eventually.TrueAsync(async () => (int)(await ReadAsync(killed, late))["verification"]!["failures"]! > 0, () => "it was asked in vain");
            await killed.KillAsync();
        }

        receiver.Consents = true;
        await using var gateway = await RunningGateway.StartAsync(setup);
        await Eventually.TrueAsync(() => Task.FromResult(receiver.Callbacks("/late") == 1), () => "what was kept came after the proof");

        await gateway.Client.CallAsync(HttpMethod.Post, late.Path + "/verify", HttpStatusCode.TooManyRequests);
        await gateway.Client.CallAsync(HttpMethod.Patch, late.Path, HttpStatusCode.OK, new JsonObject { ["callback"] = receiver.Url + "/silent" });
        (await gateway.Client.PublishAsync("/orders", "two", "orders.created", "{}")).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(async () => (int)(await ReadAsync(gateway, late))["verification"]!["failures"]! > 0, () => "the new URL was asked in vain");
        Assert.Equal("pending", (string)(await ReadAsync(gateway, late))["state"]!);

        await gateway.Client.CallAsync(HttpMethod.Patch, late.Path, HttpStatusCode.OK, new JsonObject { ["callback"] = receiver.Url + "/other" });
        await Eventually.TrueAsync(() => Task.FromResult(receiver.Callbacks("/other") == 1), () => "the second event came to the URL that was verified");
        Assert.Equal((1, 0), (receiver.Callbacks("/late"), receiver.Callbacks("/silent")));
    }

    private static async Task<JsonNode> ReadAsync(RunningGateway gateway, Subscribed subscription) =>
        (await gateway.Client.CallAsync(HttpMethod.Get, subscription.Path, HttpStatusCode.OK))!;
}
