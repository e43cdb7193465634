using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

/// <summary>Three nodes behind a balancer, restarted one after the other by SIGTERM while they are called.</summary>
public sealed class RollingRestartTests
{
    // Without it, calls fail: the balancer hears only by its next check that a port is closed.
    private const string Drain = "drain: 5s";

    [Fact]
    public async Task Every_node_restarted_in_turn_under_load_fails_no_call_and_loses_no_event()
    {
        Requires.Linux();
        Requires.PostgreSql();
        Requires.Tool("haproxy", "-v");
        await using var server = await PostgreSqlServer.StartAsync();
        await using var cluster = await Cluster.StartAsync(await server.NewDatabaseAsync(), port: Drain);
        await using var balancer = await LoadBalancer.StartAsync(cluster.Nodes.Select(static node => node.Setup));
        using var load = new SteadyLoad(balancer.Url, "/load");
        var running = load.RunAsync();

        for (var number = 0; number < cluster.Nodes.Count; number++)
        {
            await AnswersAsync(load, 100);
            Assert.Equal(0, await cluster.Nodes[number].TerminateAsync());
            await AnswersAsync(load, 100);
            await cluster.StartAgainAsync(number);
        }

        await AnswersAsync(load, 100);
        load.End();
        await running;

        TestContext.Current.TestOutputHelper?.WriteLine($"{load.Answered} calls answered, {load.Failed.Count} failed, {load.Acknowledged.Count} events.");
        Assert.True(load.Failed.Count == 0, $"{load.Failed.Count} calls failed, {load.Answered} did not: {string.Join("; ", load.Failed.Take(10))}\n{balancer.Log}");
        await cluster.AssertNothingLostAsync(mostDuplicates: 0, load.Acknowledged);
    }

    private static Task AnswersAsync(SteadyLoad load, int more)
    {
        var goal = load.Answered + more;
        return Eventually.TrueAsync(() => load.Answered >= goal, () => $"{more} more calls answered; {load.Failed.Count} failed");
    }
}
