using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Postern.Configuration;
using Postern.Monitoring;
using Postern.Ports;
using Postern.Tests.Callbacks;

namespace Postern.Tests.Monitoring;

public sealed class HealthTests
{
    [Fact]
    public async Task A_process_that_is_up_is_alive_and_ready()
    {
        await using var server = await AdminServer.StartAsync();
        Assert.Equal("alive", (string?)(await server.GetAsync("/healthz"))["status"]);
        Assert.Equal("ready", (string?)(await server.GetAsync("/readyz"))["status"]);
    }

    [Fact]
    public async Task A_sick_store_makes_it_unready_but_not_dead_until_it_recovers()
    {
        await using var server = await AdminServer.StartAsync();
        var healthy = server.Store.Statistics;
        server.Store.Statistics = healthy with { Healthy = false, Fault = "database or disk is full" };
        Assert.Equal("database or disk is full", (string?)(await server.GetAsync("/readyz", 503))["reasons"]!["store"]);
        await server.GetAsync("/healthz");
        server.Store.Statistics = healthy;
        await server.GetAsync("/readyz");
    }

    [Fact]
    public async Task A_hub_that_is_away_is_told_everywhere_and_takes_no_caller_away()
    {
        await using var hub = new RepeatingHub { IsAway = true };
        await using var server = await AdminServer.StartAsync(
            new PosternConfiguration { Hub = new HubConfiguration { Url = ["amqp://postern:secret@mq"] } }, services => services.AddSingleton<IHub>(hub));

        var ready = await server.GetAsync("/readyz");
        Assert.Equal("Away since 1970-01-01 00:00:00Z: A test has taken it away. What is due waits in the store.", (string?)ready["warnings"]!["hub"]);
        var report = await server.GetAsync("/api/hub");
        Assert.Equal(("amqp://postern:***@mq", false), ((string?)report["url"]![0], (bool)report["available"]!));
        Assert.Equal(("1970-01-01T00:00:00+00:00", "A test has taken it away."), ((string?)report["since"], (string?)report["reason"]));
        Assert.Matches("(?m)^postern_hub_available(\\{[^}]*\\})? 0", await server.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken));

        hub.Return();

        Assert.Null((await server.GetAsync("/readyz"))["warnings"]!["hub"]);
        Assert.Null((await server.GetAsync("/api/hub"))["reason"]);
    }

    [Fact]
    public async Task A_room_that_is_not_ready_says_why_until_it_is()
    {
        await using var server = await AdminServer.StartAsync();
        var readiness = server.Service<Readiness>();
        readiness.Report("listener", "The index of subscriptions is being built.");
        Assert.Equal("The index of subscriptions is being built.", (string?)(await server.GetAsync("/readyz", 503))["reasons"]!["listener"]);
        readiness.Report("listener", null);
        await server.GetAsync("/readyz");
    }

    [Fact]
    public void Before_the_host_has_started_it_is_not_ready() => Assert.Equal(["start-up"], new Readiness().Reasons.Keys);

    [Fact]
    public async Task A_process_that_stops_is_not_ready_while_it_still_answers()
    {
        var stopping = new HoldsTheStop();
        await using var server = await AdminServer.StartAsync(also: services => services.AddHostedService(_ => stopping));
        var stop = server.Service<IHost>().StopAsync(TestContext.Current.CancellationToken);
        await stopping.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        var reasons = server.Service<Readiness>().Reasons;
        stopping.Go.SetResult();
        await stop;
        Assert.Equal(["shutdown"], reasons.Keys);
    }

    private sealed class HoldsTheStop : IHostedService
    {
        public TaskCompletionSource Reached { get; } = new();

        public TaskCompletionSource Go { get; } = new();

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Reached.SetResult();
            return Go.Task;
        }
    }
}
