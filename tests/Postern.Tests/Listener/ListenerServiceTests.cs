using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Configuration;
using Postern.Listener;
using Postern.Model;
using Postern.Model.Access;
using Postern.Monitoring;
using Postern.Ports;
using Postern.Storage.Sqlite;
using Postern.Tests.Model.Filters;
using Postern.Tests.Storage;

namespace Postern.Tests.Listener;

public sealed class ListenerServiceTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly LiveConfiguration live = new(new PosternConfiguration());
    private SqliteStore store = null!;
    private EmbeddedHub hub = null!;
    private ListenerService? listener;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await services.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task An_event_goes_to_the_subscription_that_was_there_before_it_and_to_none_that_came_after()
    {
        var before = await store.AddSubscriptionAsync(Wish(), Cancellation);
        await StageAsync();
        await store.AddSubscriptionAsync(Wish(), Cancellation);

        await StartAsync();
        await MatchedAsync(1);

        Assert.Equal([(1L, before.Number)], await OwedAsync());
        var batch = await FirstBatchAsync();
        Assert.Equal(before.Number, Assert.Single(batch).Subscription);
    }

    [Fact]
    public async Task Events_over_a_restart_are_matched_exactly_once()
    {
        var subscription = await store.AddSubscriptionAsync(Wish(), Cancellation);
        await StartAsync();
        await StageAsync();
        await MatchedAsync(1);
        await CloseAsync();

        await OpenAsync();
        await StageAsync();
        await StartAsync();
        await StageAsync();
        await MatchedAsync(3);

        Assert.Equal([(1L, subscription.Number), (2L, subscription.Number), (3L, subscription.Number)], await OwedAsync());
    }

    [Fact]
    public async Task Changes_hold_from_the_event_on_that_came_after_them()
    {
        await StartAsync();
        var subscription = await store.AddSubscriptionAsync(Wish(), Cancellation);
        await StageAsync();
        await store.ChangeSubscriptionAsync(subscription.Id, current => current with { Filter = """{"exact":{"type":"other"}}""" }, Cancellation);
        await StageAsync();
        await store.ChangeSubscriptionAsync(subscription.Id, current => current with { Filter = null, State = SubscriptionState.Paused }, Cancellation);
        await StageAsync();
        await MatchedAsync(3);

        Assert.Equal([1L, 3L], (await OwedAsync()).Select(match => match.Event));
    }

    [Fact]
    public async Task An_unsubscribed_consumer_gets_nothing_of_what_comes_after()
    {
        await StartAsync();
        var gone = await store.AddSubscriptionAsync(Wish(), Cancellation);
        var stays = await store.AddSubscriptionAsync(Wish(), Cancellation);
        await store.RemoveSubscriptionsAsync([gone.Id], Cancellation);
        await StageAsync();
        await MatchedAsync(1);

        Assert.Equal([(1L, stays.Number)], await OwedAsync());
    }

    [Fact]
    public async Task An_event_for_an_audience_goes_to_whose_scopes_name_it_as_long_as_they_do()
    {
        Grant("partners");
        var subscription = await store.AddSubscriptionAsync(Wish(), Cancellation);
        await StartAsync();
        await StageAsync("staff", "partners");
        await MatchedAsync(1);
        Grant("others");
        await StageAsync("staff", "partners");
        await MatchedAsync(2);
        Grant("partners");
        await StageAsync("partners");
        await MatchedAsync(3);

        Assert.Equal([(1L, subscription.Number), (3L, subscription.Number)], await OwedAsync());
    }

    private void Grant(string audience) => live.Replace(new PosternConfiguration
    {
        Consumers = new Dictionary<string, ConsumerConfiguration> { ["acme"] = new() { Scopes = new Scopes([new Scope(ScopeVerb.Audience, audience)]) } },
    });

    private async Task OpenAsync()
    {
        store = await SqliteFixture.OpenAsync(folder.File("postern.db"));
        hub = new EmbeddedHub();
    }

    private async Task CloseAsync()
    {
        if (listener is not null)
        {
            await listener.StopAsync(Cancellation);
            listener.Dispose();
            listener = null;
        }

        await hub.DisposeAsync();
        await store.DisposeAsync();
    }

    private Task StartAsync()
    {
        var meter = new PosternMeter(services.GetRequiredService<IMeterFactory>());
        listener = new ListenerService(store, hub, live, TimeProvider.System, meter, NullLogger<ListenerService>.Instance);
        return listener.StartAsync(Cancellation);
    }

    private Task MatchedAsync(long sequence) => SqliteFixture.UntilAsync(() => store.Statistics.Cursor == sequence);

    private async Task StageAsync(params string[] audience) => await store.StageAsync([TestEvents.Content() with { Audience = audience }], Cancellation);

    private async Task StageAsync() => await store.StageAsync([TestEvents.Content()], Cancellation);

    private async Task<List<(long Event, long Subscription)>> OwedAsync() =>
        [.. (await store.ReadHandedOutAsync(0, 100, Cancellation)).Select(callback => (callback.Event, callback.Subscription))];

    private async Task<IReadOnlyList<DueCallback>> FirstBatchAsync()
    {
        await foreach (var batch in hub.ConsumeAsync(Cancellation))
        {
            return batch.Callbacks;
        }

        return [];
    }

    private static Subscription Wish() => new()
    {
        Id = SubscriptionId.Create(), Consumer = "acme", Resource = "/orders", Callback = "https://example.com/", Created = TestEvents.Time,
        Secrets = [new SealedSecret(new byte[] { 1 }, null)],
    };
}
