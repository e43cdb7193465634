using System.Text;
using System.Text.Json;
using Postern.Model;

namespace Postern.Tests.Subscriptions;

public sealed class ReplayTests : IAsyncLifetime
{
    private TestGateway gateway = null!;
    private string id = "";

    public async ValueTask InitializeAsync()
    {
        gateway = await TestGateway.StartAsync();
        id = await gateway.SubscribeAsync();
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task A_test_event_goes_to_this_subscription_alone()
    {
        var answer = (await gateway.PostAsync($"/orders/subscriptions/{id}/test")).Expect(202);

        var staged = Assert.Single(await gateway.EventsAsync());
        Assert.Equal(answer.Text("event"), staged.Id);
        Assert.Equal(("postern.test", "/orders", (await gateway.ReadAsync(id)).Number), (staged.Content.Type, staged.Content.Source, staged.Content.Target!.Value));
        Assert.Equal(["acme"], staged.Content.Audience!);
        Assert.Contains(id, Encoding.UTF8.GetString(staged.Content.Data.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test", null)]
    [InlineData("replay", """{"dead":true}""")]
    public async Task Nothing_is_sent_for_an_ended_subscription(string call, string? body)
    {
        await gateway.SetStateAsync(id, SubscriptionState.Disabled, "By its operator.");
        var answer = (await gateway.PostAsync($"/orders/subscriptions/{id}/{call}", body)).Expect(409);
        Assert.Contains("By its operator.", answer.Text("detail"), StringComparison.Ordinal);
        Assert.Empty(await gateway.EventsAsync());
    }

    [Fact]
    public async Task Named_events_are_owed_again_and_handed_to_the_hub()
    {
        var first = await StageAsync("/orders", "1");
        var second = await StageAsync("https://shop.example/orders", "2", audience: ["other", "acme"]);

        var answer = (await ReplayAsync(first, second, first)).Expect(202);

        Assert.Equal(2, answer.Body.GetProperty("count").GetInt32());
        var due = await gateway.Hub.ConsumeAsync(TestContext.Current.CancellationToken).FirstAsync(TestContext.Current.CancellationToken);
        Assert.Equal([1L, 2L], due.Select(callback => callback.Event));
    }

    [Fact]
    public async Task Events_that_the_subscription_may_not_see_are_told_like_missing_ones_and_nothing_is_sent()
    {
        var visible = await StageAsync("/orders", "1");
        var elsewhere = await StageAsync("/customers", "1");
        var neighbour = await StageAsync("/orders-old", null);
        var secret = await StageAsync("/orders", "2", audience: ["other"]);
        var another = await StageAsync("/orders", null, target: 99);
        var missing = EventId.Create(1);

        var answer = (await ReplayAsync(visible, elsewhere, neighbour, secret, another, missing)).Expect(422);

        Assert.Equal(["events[1]", "events[2]", "events[3]", "events[4]", "events[5]"], answer.Errors);
        var messages = answer.Body.GetProperty("errors").EnumerateObject().Select(error => error.Value[0].GetString()!.Split("evt_")[1][20..]);
        Assert.Single(messages.Distinct());
    }

    [Fact]
    public async Task A_subscription_to_a_record_gets_events_of_that_record_alone()
    {
        var record = await gateway.SubscribeAsync("/orders/42");
        var own = await StageAsync("/orders", "42");
        var other = await StageAsync("/orders", "421");

        (await gateway.PostAsync($"/orders/subscriptions/{record}/replay", new { events = new[] { own } })).Expect(202);
        (await gateway.PostAsync($"/orders/subscriptions/{record}/replay", new { events = new[] { other } })).Expect(422);
    }

    [Fact]
    public async Task A_subscription_to_a_whole_api_does_not_reach_into_another_below_it()
    {
        var all = (await gateway.PostAsync("/subscribe", new { callback = TestGateway.Hook })).Expect(201).Text("id");
        var post = await StageAsync("/blog/posts", "1");
        var order = await StageAsync("/orders", "1");

        (await gateway.PostAsync($"/subscriptions/{all}/replay", new { events = new[] { order } })).Expect(202);
        (await gateway.PostAsync($"/subscriptions/{all}/replay", new { events = new[] { post } })).Expect(422);
    }

    [Theory]
    [InlineData(3, 3, false)]
    [InlineData(10_001, 10_000, true)]
    public async Task Dead_callbacks_are_revived_up_to_a_bound(int dead, int count, bool more)
    {
        foreach (var due in (await gateway.OweAsync(id, dead)).Chunk(1000))
        {
            await Task.WhenAll(due.Select(callback => gateway.Store.RecordAsync(
                new CallbackResult(callback, new CallbackOutcome.Dead("The endpoint is down."), null), TestContext.Current.CancellationToken).AsTask()));
        }

        var answer = (await gateway.PostAsync($"/orders/subscriptions/{id}/replay", """{"dead":true}""")).Expect(202);
        Assert.Equal((count, more), (answer.Body.GetProperty("count").GetInt32(), answer.Body.GetProperty("more").GetBoolean()));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"dead":false}""")]
    [InlineData("""{"events":[]}""")]
    [InlineData("""{"events":[1]}""")]
    [InlineData("""{"events":["evt_1"],"dead":true}""")]
    public async Task One_of_the_two_must_be_given(string body) => (await gateway.PostAsync($"/orders/subscriptions/{id}/replay", body)).Expect(422);

    [Fact]
    public async Task More_than_500_events_are_a_422() =>
        (await ReplayAsync([.. Enumerable.Range(1, 501).Select(number => EventId.Create(number))])).Expect(422);

    private Task<Answer> ReplayAsync(params string[] events) => gateway.PostAsync($"/orders/subscriptions/{id}/replay", JsonSerializer.Serialize(new { events }));

    private async Task<string> StageAsync(string source, string? subject, string[]? audience = null, long? target = null)
    {
        var content = new EventContent
        {
            Source = source, Subject = subject, Type = "orders.created", Time = gateway.Time.GetUtcNow(), Audience = audience, Target = target, Data = default,
        };
        return (await gateway.Store.StageAsync([content], TestContext.Current.CancellationToken))[0].Id;
    }
}
