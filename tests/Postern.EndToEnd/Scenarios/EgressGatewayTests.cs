using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

/// <summary>A worker without a way out calls back through a gateway.</summary>
public sealed class EgressGatewayTests
{
    [Fact]
    public async Task A_worker_in_a_private_network_calls_back_from_the_address_of_the_gateway_only()
    {
        PrivateHouse.Require();
        await using var house = await PrivateHouse.StartAsync();
        await house.StartGatewayAsync();
        house.Called.Secret = (await house.Gateway.Client.SubscribeAsync("/load", PrivateHouse.Callback)).Secret;

        await PublishAsync(house.Gateway, first: 0, count: 20);
        await Eventually.TrueAsync(() => house.Called.Calls.Count == 20, () => $"{house.Called.Calls.Count} of 20 callbacks\n{house.Worker.Log}");

        Assert.Equal(20, Events(house));
        Assert.All(house.Called.Calls, static call => Assert.Equal((PrivateHouse.GatewayAddress, true, true), (call.Caller, call.Tls, call.Verified)));
        Assert.True(await PrivateHouse.CountAsync(house.Gateway, "postern_egress_tunnels_total", "result=\"opened\"") > 0);

        // Nothing was tried from the inside but the database and the gateway: the kernel has counted.
        Assert.Equal(0, await house.Inside.ForbiddenPacketsAsync());
        var attempt = (await house.Gateway.AdminAsync("/api/attempts?limit=1"))["items"]![0]!;
        Assert.Equal("203.0.113.9:8443", (string?)attempt["address"]);
    }

    [Fact]
    public async Task What_is_owed_waits_for_the_gateway_and_no_attempt_is_spent_on_its_being_away()
    {
        PrivateHouse.Require();
        await using var house = await PrivateHouse.StartAsync();
        house.Called.Secret = (await house.Worker.Client.SubscribeAsync("/load", PrivateHouse.Callback)).Secret;

        // More times than there are attempts in the schedule.
        await PublishAsync(house.Worker, first: 0, count: 5);
        await Eventually.TrueAsync(
            async () => await PrivateHouse.CountAsync(house.Worker, "postern_egress_gateways_away_total") > 50, () => $"the gateway is looked for\n{house.Worker.Log}");
        Assert.Empty((await house.Worker.AdminAsync("/api/attempts?limit=10"))["items"]!.AsArray());
        await house.StartGatewayAsync();
        await Eventually.TrueAsync(() => Events(house) == 5, () => $"{Events(house)} of 5 events\n{house.Worker.Log}");

        // And again, when it has been there.
        await house.Gateway.KillAsync();
        await PublishAsync(house.Worker, first: 5, count: 5);
        await Eventually.TrueAsync(
            () => house.Worker.Log.Split("cannot be sent through now").Length > 2, () => $"the worker says that the gateway is away\n{house.Worker.Log}");
        await house.Gateway.DisposeAsync();
        await house.StartGatewayAsync();
        await Eventually.TrueAsync(() => Events(house) == 10, () => $"{Events(house)} of 10 events\n{house.Worker.Log}");

        Assert.All(house.Called.Calls, static call => Assert.Equal((PrivateHouse.GatewayAddress, true), (call.Caller, call.Verified)));
        Assert.Equal(0, await PrivateHouse.CountAsync(house.Worker, "postern_callbacks_dead"));
        Assert.Contains("can be sent through again", house.Worker.Log, StringComparison.Ordinal);
        Assert.Equal(0, await house.Inside.ForbiddenPacketsAsync());
    }

    [Fact]
    public async Task A_gateway_that_is_stopped_under_load_breaks_no_call_off()
    {
        PrivateHouse.Require();
        await using var house = await PrivateHouse.StartAsync();
        await house.StartGatewayAsync();
        house.Called.Secret = (await house.Worker.Client.SubscribeAsync("/load", PrivateHouse.Callback)).Secret;
        const int Published = 600;
        var load = PublishAsync(house.Worker, first: 0, count: Published);

        for (var round = 1; round <= 2; round++)
        {
            var before = round * 100;
            await Eventually.TrueAsync(() => house.Called.Calls.Count > before, () => $"{house.Called.Calls.Count} callbacks\n{house.Worker.Log}");
            Assert.Equal(0, await house.Gateway.TerminateAsync());
            await house.Gateway.DisposeAsync();
            await house.StartGatewayAsync();
        }

        await load;
        await Eventually.TrueAsync(
            () => Events(house) == Published, () => $"{Events(house)} of {Published} events\n{house.Worker.Log}", seconds: 60);
        Assert.Equal(Published, house.Called.Calls.Count);
        Assert.All(house.Called.Calls, static call => Assert.Equal((PrivateHouse.GatewayAddress, true), (call.Caller, call.Verified)));
    }

    /// <summary>Different ones: what was on its way when a process was killed comes again.</summary>
    private static int Events(PrivateHouse house) => house.Called.Calls.Select(static call => call.EventId).Distinct().Count();

    private static async Task PublishAsync(RunningGateway node, int first, int count)
    {
        for (var number = first; number < first + count; number++)
        {
            using var answer = await node.Client.PublishAsync("/load", $"event-{number}", "load.made", "{}");
            Assert.True(answer.IsSuccessStatusCode);
        }
    }
}
