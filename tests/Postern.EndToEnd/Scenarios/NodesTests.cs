using System.Net;
using Postern.EndToEnd.Harness;
using Postern.Tests;

namespace Postern.EndToEnd.Scenarios;

/// <summary>The program several times on one PostgreSQL store.</summary>
public sealed class NodesTests
{
    // Two endpoints, two windows each of what may be sent and not recorded yet, at every kill of the one that calls back.
    private const int InFlightAtKill = 2 * 2 * 64;

    private const int Continue = 18;
    private const int Stop = 19;

    [Fact]
    public async Task The_leader_killed_again_and_again_under_load_loses_nothing_and_another_follows()
    {
        Requires.PostgreSql();
        await using var server = await PostgreSqlServer.StartAsync();
        await using var cluster = await Cluster.StartAsync(await server.NewDatabaseAsync());
        const int Kills = 3;
        for (var kill = 0; kill < Kills; kill++)
        {
            var leader = await cluster.LeaderAsync();
            var before = cluster.Acknowledged.Count;
            var load = PublishAsync(cluster, first: kill * 6_000, each: 1_000);
            await Eventually.TrueAsync(() => cluster.Acknowledged.Count > before + 300, () => "the load goes on");
            await cluster.Nodes[leader].KillAsync();

            Assert.NotEqual(leader, await cluster.LeaderAsync());
            await load;
            await cluster.StartAgainAsync(leader);
            await PublishAsync(cluster, first: kill * 6_000, each: 1_000);
        }

        Assert.Equal(Kills * 3_000, cluster.Acknowledged.Count);
        await cluster.AssertNothingLostAsync(mostDuplicates: Kills * InFlightAtKill);
    }

    [Fact]
    public async Task Nodes_that_are_stopped_one_after_the_other_lose_nothing_and_send_nothing_twice()
    {
        Requires.PostgreSql();
        await using var server = await PostgreSqlServer.StartAsync();
        await using var cluster = await Cluster.StartAsync(await server.NewDatabaseAsync());
        for (var number = 0; number < cluster.Nodes.Count; number++)
        {
            var load = PublishAsync(cluster, first: number * 6_000, each: 500);
            Assert.Equal(0, await cluster.Nodes[number].TerminateAsync());
            await load;
            await cluster.StartAgainAsync(number);
            await PublishAsync(cluster, first: number * 6_000, each: 500);
        }

        Assert.Equal(4_500, cluster.Acknowledged.Count);
        await cluster.AssertNothingLostAsync(mostDuplicates: 0);
    }

    [Fact]
    public async Task A_leader_that_hangs_is_followed_and_ends_when_it_goes_on()
    {
        Requires.PostgreSql();
        await using var server = await PostgreSqlServer.StartAsync();
        await using var cluster = await Cluster.StartAsync(await server.NewDatabaseAsync(), nodes: 2);
        var leader = await cluster.LeaderAsync();
        var (hung, other) = (cluster.Nodes[leader], 1 - leader);
        await cluster.Producers[leader].PublishAsync(first: 0, 200);
        hung.Send(Stop);

        await cluster.Producers[other].PublishAsync(first: 200, 200);
        await Eventually.TrueAsync(() => cluster.LeadsAsync(other), () => "the other one leads", seconds: 60);
        hung.Send(Continue);

        Assert.Equal(3, await hung.WaitForExitAsync(seconds: 30));
        Assert.Contains("another node leads (callbacks) on PostgreSQL", hung.Log, StringComparison.Ordinal);
        await cluster.StartAgainAsync(leader);
        await cluster.AssertNothingLostAsync(mostDuplicates: InFlightAtKill);
    }

    [Fact]
    public async Task What_is_subscribed_and_ended_at_one_node_holds_at_the_others()
    {
        Requires.PostgreSql();
        await using var server = await PostgreSqlServer.StartAsync();
        await using var cluster = await Cluster.StartAsync(await server.NewDatabaseAsync());
        var leader = await cluster.LeaderAsync();
        var other = (leader + 1) % 3;
        var subscribed = await cluster.Nodes[other].Client.SubscribeAsync("/load", cluster.Receiver.Urls[0] + "/ended");
        cluster.Receiver.Trust("/ended", subscribed.Secret);

        await cluster.Producers[leader].PublishAsync(first: 0, 20);
        await Eventually.TrueAsync(() => cluster.Receiver.At("/ended").Count == 20, () => "the new subscription has its callbacks");
        await cluster.Nodes[other].Client.CallAsync(HttpMethod.Delete, $"/load/subscriptions/{subscribed.Id}", HttpStatusCode.NoContent);
        await cluster.Producers[leader].PublishAsync(first: 20, 200);

        await Eventually.TrueAsync(() => cluster.Receiver.At("/to-0").Count == 220, () => "the others go on");
        Assert.Equal(20, cluster.Receiver.At("/ended").Count);
    }

    /// <summary>Each producer publishes events of its own at its node.</summary>
    private static Task PublishAsync(Cluster cluster, int first, int each) =>
        Task.WhenAll(cluster.Producers.Select((producer, number) => producer.PublishAsync(first + (number * 2_000), each)));
}
