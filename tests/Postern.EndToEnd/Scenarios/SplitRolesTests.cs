using System.Net;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;
using Postern.Tests;
using Postern.Tests.RabbitMq;

namespace Postern.EndToEnd.Scenarios;

/// <summary>Each role in processes of its own, on one PostgreSQL and a RabbitMQ of three nodes.</summary>
public sealed class SplitRolesTests : IAsyncLifetime
{
    private const int Gateway = 0, Subscriptions = 1;
    private static readonly string[] Roles = ["gateway", "subscriptions", "listener", "listener", "callbacks", "callbacks", "dashboard"];

    // Two endpoints, two windows each of what may be sent and not recorded yet, at every end of the one that calls back.
    private const int InFlightAtKill = 2 * 2 * 64;

    private IReadOnlyList<RabbitMqServer> brokers = [];
    private PostgreSqlServer server = null!;
    private Cluster cluster = null!;

    public async ValueTask InitializeAsync()
    {
        Requires.PostgreSql();
        try
        {
            brokers = await RabbitMqServer.StartClusterAsync(3);
            server = await PostgreSqlServer.StartAsync();
            var hub = $"hub: {{ url: [{string.Join(", ", brokers.Select(static broker => broker.Url))}], partitions: 4 }}";
            cluster = await Cluster.StartAsync(await server.NewDatabaseAsync(), Roles, hub);
        }
        catch
        {
            // Nobody disposes of what has not begun.
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
        {
            await cluster.DisposeAsync();
        }

        if (server is not null)
        {
            await server.DisposeAsync();
        }

        foreach (var broker in brokers)
        {
            await broker.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_flow_of_one_process_is_that_of_seven()
    {
        var caller = cluster.Gateway;
        var subscribed = await caller.SubscribeAsync("/orders", cluster.Receiver.Urls[0] + "/orders");
        cluster.Receiver.Trust("/orders", subscribed.Secret);

        var order = await caller.CallAsync(HttpMethod.Post, "/orders", HttpStatusCode.Created, new JsonObject { ["item"] = "postern" });
        await Eventually.TrueAsync(() => cluster.Receiver.At("/orders").Count == 1, () => "the change that the gateway captured is called back");
        Assert.True(cluster.Receiver.At("/orders").Single().Verified);
        Assert.NotNull(await caller.CallAsync(HttpMethod.Get, $"/orders/{order!["id"]}", HttpStatusCode.OK));

        Assert.Equal(subscribed.Id, (string)(await caller.CallAsync(HttpMethod.Get, subscribed.Path, HttpStatusCode.OK))!["id"]!);
        await caller.CallAsync(HttpMethod.Delete, subscribed.Path, HttpStatusCode.NoContent);
        await caller.CallAsync(HttpMethod.Post, "/orders", HttpStatusCode.Created, new JsonObject { ["item"] = "after the end" });
        await cluster.Producers[0].PublishAsync(first: 0, 100);
        await cluster.AssertNothingLostAsync(mostDuplicates: 0);
        Assert.Single(cluster.Receiver.At("/orders"));

        using var outside = new GatewayClient(cluster.Nodes[Subscriptions].Url);
        await outside.CallAsync(HttpMethod.Get, "/orders/1", HttpStatusCode.NotFound);
        foreach (var (node, roles) in cluster.Nodes.Zip(Roles))
        {
            var state = (string)(await node.AdminAsync("/readyz"))["roles"]![roles]!;
            Assert.Contains(state, roles is "listener" or "callbacks" ? ["leads", "stands by"] : new[] { "serves" });
        }

        await cluster.Nodes[Subscriptions].KillAsync();
        var refused = await caller.CallAsync(HttpMethod.Post, "/orders/subscribe", HttpStatusCode.BadGateway, new JsonObject { ["callback"] = cluster.Receiver.Urls[0] });
        Assert.Equal("/problems/bad-gateway", (string)refused!["type"]!);
        await caller.CallAsync(HttpMethod.Get, $"/orders/{order["id"]}", HttpStatusCode.OK);
    }

    [Fact]
    public async Task Each_process_and_each_server_killed_in_turn_under_load_loses_nothing()
    {
        var first = 0;
        for (var number = 0; number < Roles.Length; number++)
        {
            await UnderLoadAsync(cluster.Nodes[number].KillAsync);
            await cluster.StartAgainAsync(number);
        }

        foreach (var broker in brokers)
        {
            await UnderLoadAsync(broker.KillAsync);
            await broker.StartAgainAsync();
        }

        await UnderLoadAsync(server.CrashAsync, server.BeginAsync);
        await cluster.AssertNothingLostAsync(mostDuplicates: 4 * InFlightAtKill);

        // What was refused or cut off is published again when the fault is over, as a producer does.
        async Task UnderLoadAsync(Func<Task> fault, Func<Task>? over = null)
        {
            var load = cluster.Producers[0].PublishAsync(first, 1_000);
            await Eventually.TrueAsync(() => cluster.Producers[0].AcknowledgedCount > first + 200, () => "the load goes on");
            await fault();
            await (over?.Invoke() ?? Task.CompletedTask);
            if (cluster.Nodes[Gateway].HasExited)
            {
                await cluster.StartAgainAsync(Gateway);
            }

            await load;
            await cluster.Producers[0].PublishAsync(first, 1_000);
            first += 1_000;
            Assert.Equal(first, cluster.Producers[0].AcknowledgedCount);
        }
    }
}
