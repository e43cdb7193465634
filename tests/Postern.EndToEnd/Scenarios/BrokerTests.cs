using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;
using Postern.Tests.RabbitMq;

namespace Postern.EndToEnd.Scenarios;

/// <summary>The gateway on a real RabbitMQ, which dies and comes back with nothing.</summary>
public sealed class BrokerTests(RabbitMqFixture brokers) : IClassFixture<RabbitMqFixture>, IAsyncLifetime
{
    private const int Events = 6_000;
    private const int Endpoints = 4;
    private const int Concurrency = 16;

    /// <summary>As for a kill of the gateway on any hub (<see cref="CrashTests"/>).</summary>
    private const int MostInFlight = 2 * Endpoints * Concurrency;

    private RabbitMqServer broker = null!;

    public async ValueTask InitializeAsync() => broker = await brokers.ServerAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_broker_that_is_killed_under_load_and_comes_back_empty_costs_nothing_and_sends_nothing_twice() => await KillBrokerAsync(store: null);

    [Fact]
    public async Task A_broker_that_is_killed_beside_PostgreSQL_costs_nothing_and_sends_nothing_twice()
    {
        Requires.PostgreSql();
        await using var server = await PostgreSqlServer.StartAsync();
        await KillBrokerAsync(await server.NewDatabaseAsync());
    }

    [Fact]
    public async Task A_gateway_starts_without_its_broker_and_one_that_is_killed_leaves_its_callbacks_to_the_next()
    {
        await broker.KillAsync();
        await using var load = await StartAsync();
        await load.Producer.PublishAsync(first: 0, 200);
        await UntilAsync(load, available: false);
        Assert.Equal(0, load.Receiver.Count);
        await broker.StartAgainAsync();
        await load.ReceivedAsync(200 * Endpoints, seconds: 60);

        var publishing = load.Producer.PublishAsync(first: 200, Events);
        await load.ReceivedAsync(Events);
        await load.Gateway.KillAsync();
        await publishing;
        Assert.True(load.Receiver.Count < Events * Endpoints, "Everything was delivered before the kill: it proves nothing.");
        await load.RestartAsync();
        await load.Producer.PublishAsync(first: 200, Events);

        await load.AssertNothingLostAsync(MostInFlight);
    }

    private async Task KillBrokerAsync(string? store)
    {
        await using var load = await StartAsync(store);
        var publishing = load.Producer.PublishAsync(first: 0, Events);
        await load.ReceivedAsync(Events / 8);

        await broker.KillAsync();
        await publishing;
        await UntilAsync(load, available: false);
        var ready = await load.Gateway.AdminAsync("/readyz");
        Assert.Contains("What is due waits in the store.", (string?)ready["warnings"]!["hub"], StringComparison.Ordinal);
        Assert.DoesNotContain("guest:guest", (await load.Gateway.AdminAsync("/api/configuration")).ToJsonString(), StringComparison.Ordinal);

        await load.Producer.PublishAsync(first: Events, Events / 4);
        Assert.Equal(Events + Events / 4, load.Producer.AcknowledgedCount);
        broker.Empty();
        await broker.StartAgainAsync();

        await load.AssertNothingLostAsync(mostDuplicates: 0);
        await UntilAsync(load, available: true);
    }

    // Queues of its own: what a scenario leaves in them is of another store.
    private async Task<LoadedGateway> StartAsync(string? store = null) => await LoadedGateway.StartAsync(
        Endpoints, $"concurrency: {Concurrency}", store: store, more: $"hub: {{ url: {broker.Url}, queues: scenario-{Guid.NewGuid():n} }}");

    private static Task UntilAsync(LoadedGateway load, bool available)
    {
        JsonNode? report = null;
        return Eventually.TrueAsync(
            async () => (bool)(report = await load.Gateway.AdminAsync("/api/hub"))["available"]! == available, () => $"the hub is {(available ? "there" : "away")}; it says {report}");
    }
}
