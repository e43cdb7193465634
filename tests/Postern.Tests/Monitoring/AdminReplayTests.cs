using Postern.Model;

namespace Postern.Tests.Monitoring;

public sealed class AdminReplayTests : IAsyncLifetime
{
    private AdminServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await AdminServer.StartAsync();
        server.Store.Subscriptions.AddRange([Recorded.Subscription(1), Recorded.Subscription(2, state: SubscriptionState.Gone)]);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_dead_callback_is_owed_again_and_given_to_the_hub()
    {
        server.Store.Callbacks.AddRange([Recorded.Callback(6), Recorded.Callback(7, CallbackState.Dead)]);
        var answer = await server.PostAsync("/api/callbacks/cb_7/replay", 202);
        Assert.Equal(1, (int)answer["count"]!);
        Assert.Equal(7, Assert.Single(await server.PublishedAsync()).Id);
    }

    [Fact]
    public async Task A_callback_that_is_still_owed_is_a_404()
    {
        server.Store.Callbacks.Add(Recorded.Callback(7));
        await server.PostAsync("/api/callbacks/cb_7/replay", 404);
    }

    [Theory]
    [InlineData("/api/callbacks/cb_8/replay")]
    [InlineData("/api/callbacks/8/replay")]
    [InlineData("/api/subscriptions/sub_none/replay")]
    public async Task Replay_of_what_is_not_there_is_a_404(string path)
    {
        server.Store.Callbacks.Add(Recorded.Callback(9, CallbackState.Dead));
        await server.PostAsync(path, 404);
    }

    [Theory]
    [InlineData("/api/callbacks/cb_7/replay")]
    [InlineData("/api/subscriptions/sub_2/replay")]
    public async Task Nothing_is_revived_for_a_subscription_that_has_ended(string path)
    {
        server.Store.Callbacks.Add(Recorded.Callback(7, CallbackState.Dead, "sub_2"));
        await server.PostAsync(path, 409);
        Assert.Equal(CallbackState.Dead, server.Store.Callbacks[0].State);
    }

    [Fact]
    public async Task All_dead_callbacks_of_a_subscription_come_back_and_those_of_others_stay()
    {
        server.Store.Callbacks.AddRange(Enumerable.Range(1, 1500).Select(id => Recorded.Callback(id, CallbackState.Dead)));
        server.Store.Callbacks.Add(Recorded.Callback(2000, CallbackState.Dead, "sub_2"));
        var answer = await server.PostAsync("/api/subscriptions/sub_1/replay", 202);
        Assert.Equal(1500, (int)answer["count"]!);
        Assert.False((bool)answer["more"]!);
        Assert.Equal(1000, (await server.PublishedAsync()).Count);
        Assert.Equal(500, (await server.PublishedAsync()).Count);
        Assert.Equal(2000, Assert.Single(server.Store.Callbacks, callback => callback.State == CallbackState.Dead).Id);
    }

    [Fact]
    public async Task One_call_has_an_end_and_says_that_there_is_more()
    {
        server.Store.Callbacks.AddRange(Enumerable.Range(1, 10_001).Select(id => Recorded.Callback(id, CallbackState.Dead)));
        var answer = await server.PostAsync("/api/subscriptions/sub_1/replay", 202);
        Assert.Equal(10_000, (int)answer["count"]!);
        Assert.True((bool)answer["more"]!);
    }
}
