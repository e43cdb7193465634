using Postern.Configuration;
using Postern.Model;

namespace Postern.Tests.Subscriptions;

public sealed class QuotaTests : IAsyncLifetime
{
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task No_more_subscriptions_are_made_than_a_consumer_may_have_however_many_ask_at_once()
    {
        await SubscribeAsync(0);
        Limit(10);

        var answers = await Task.WhenAll(Enumerable.Range(1, 40).Select(SubscribeAsync));

        Assert.Equal((9, 31), (answers.Count(static answer => answer.Status == 201), answers.Count(static answer => answer.Status == 403)));
        Assert.Contains("10", answers.First(static answer => answer.Status == 403).Text("detail"), StringComparison.Ordinal);
        Assert.Equal(201, (await gateway.PostAsync("/orders/subscribe", new { callback = TestGateway.Hook }, "globex")).Status);
    }

    [Fact]
    public async Task One_that_is_unsubscribed_or_has_ended_makes_room_and_takes_it_again_when_it_is_resumed()
    {
        Limit(2);
        var (one, two) = ((await SubscribeAsync(1)).Expect(201).Text("id"), (await SubscribeAsync(2)).Expect(201).Text("id"));
        (await SubscribeAsync(3)).Expect(403);

        await gateway.SetStateAsync(two, SubscriptionState.Gone, "Gone.");
        (await SubscribeAsync(4)).Expect(201);
        (await gateway.PostAsync($"/orders/subscriptions/{two}/resume")).Expect(403);

        (await gateway.PostAsync("/orders/unsubscribe", new { id = one })).Expect(202);
        (await gateway.PostAsync($"/orders/subscriptions/{two}/resume")).Expect(200);
        (await SubscribeAsync(5)).Expect(403);
    }

    [Fact]
    public async Task A_call_that_makes_none_takes_no_room()
    {
        Limit(1);
        (await gateway.PostAsync("/orders/subscribe", new { callback = "nowhere" })).Expect(422);
        gateway.Broken = true;
        (await SubscribeAsync(1)).Expect(503);
        gateway.Broken = false;

        (await SubscribeAsync(1)).Expect(201);
        // The very same again is told so, not that there is no room.
        (await SubscribeAsync(1)).Expect(409);
    }

    [Fact]
    public async Task A_consumer_can_have_a_number_of_its_own()
    {
        Limit(100);
        gateway.Configuration = gateway.Configuration with
        {
            Consumers = new Dictionary<string, ConsumerConfiguration> { ["acme"] = new() { Limits = new() { Subscriptions = 0 } } },
        };

        (await SubscribeAsync(1)).Expect(403);
    }

    private void Limit(int most) =>
        gateway.Configuration = gateway.Configuration with { Limits = gateway.Configuration.Limits with { Subscriptions = most } };

    private Task<Answer> SubscribeAsync(int number) => gateway.PostAsync("/orders/subscribe", new { callback = $"{TestGateway.Hook}/{number}" });
}
