using Postern.Model;

namespace Postern.Tests.Subscriptions;

public sealed class PauseTests : IAsyncLifetime
{
    private TestGateway gateway = null!;
    private string id = "";

    public async ValueTask InitializeAsync()
    {
        gateway = await TestGateway.StartAsync();
        id = await gateway.SubscribeAsync();
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Theory]
    [InlineData(SubscriptionState.Active, "pause", 200, SubscriptionState.Paused)]
    [InlineData(SubscriptionState.Paused, "pause", 200, SubscriptionState.Paused)]
    [InlineData(SubscriptionState.Pending, "pause", 409, SubscriptionState.Pending)]
    [InlineData(SubscriptionState.Disabled, "pause", 409, SubscriptionState.Disabled)]
    [InlineData(SubscriptionState.Gone, "pause", 409, SubscriptionState.Gone)]
    [InlineData(SubscriptionState.Active, "resume", 200, SubscriptionState.Active)]
    [InlineData(SubscriptionState.Paused, "resume", 200, SubscriptionState.Active)]
    [InlineData(SubscriptionState.Pending, "resume", 409, SubscriptionState.Pending)]
    [InlineData(SubscriptionState.Disabled, "resume", 200, SubscriptionState.Active)]
    [InlineData(SubscriptionState.Gone, "resume", 200, SubscriptionState.Active)]
    public async Task Each_state_answers_for_itself(SubscriptionState from, string call, int status, SubscriptionState to)
    {
        await gateway.SetStateAsync(id, from, null);
        (await gateway.PostAsync($"/orders/subscriptions/{id}/{call}")).Expect(status);
        Assert.Equal(to, (await gateway.ReadAsync(id)).State);
    }

    [Theory]
    [InlineData(DisabledBy.Gateway, 200, SubscriptionState.Active)]
    [InlineData(DisabledBy.Operator, 409, SubscriptionState.Disabled)]
    public async Task A_consumer_resumes_what_the_gateway_has_disabled_and_not_what_its_operator_has(DisabledBy by, int status, SubscriptionState to)
    {
        await gateway.Store.ChangeSubscriptionAsync(
            id, subscription => subscription with { State = SubscriptionState.Disabled, DisabledBy = by, Reason = "For a reason." }, TestContext.Current.CancellationToken);

        (await gateway.PostAsync($"/orders/subscriptions/{id}/resume")).Expect(status);

        Assert.Equal(to, (await gateway.ReadAsync(id)).State);
    }

    [Fact]
    public async Task The_reason_comes_with_the_pause_and_goes_with_it()
    {
        Assert.NotEmpty((await gateway.PostAsync($"/orders/subscriptions/{id}/pause")).Expect(200).Text("reason"));
        Assert.False((await gateway.PostAsync($"/orders/subscriptions/{id}/resume")).Expect(200).Has("reason"));
    }

    [Fact]
    public async Task Pausing_twice_commits_once()
    {
        await gateway.PostAsync($"/orders/subscriptions/{id}/pause");
        var version = (await gateway.ReadAsync(id)).Version;
        await gateway.PostAsync($"/orders/subscriptions/{id}/pause");
        Assert.Equal(version, (await gateway.ReadAsync(id)).Version);
    }
}
