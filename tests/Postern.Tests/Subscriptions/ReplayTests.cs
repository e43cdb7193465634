using System.Text;
using System.Text.Json;
using Postern.Model;
using Postern.Ports;

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
    public async Task Named_events_become_a_job_in_the_order_of_the_log()
    {
        var first = await StageAsync("/orders", "1");
        var second = await StageAsync("https://shop.example/orders", "2", audience: ["other", "acme"]);

        var answer = (await ReplayAsync(second, first, second)).Expect(202);

        Assert.Equal(("events", "running", id, "acme"), (answer.Text("kind"), answer.Text("state"), answer.Text("subscription"), answer.Text("consumer")));
        Assert.Equal(2, answer.Body.GetProperty("total").GetInt32());
        Assert.Equal($"/orders/subscriptions/{id}/jobs/{answer.Text("id")}", answer.Headers.Location!.ToString());
        Assert.Equal([1L, 2L], (await gateway.Store.FindJobAsync(answer.Text("id"), TestContext.Current.CancellationToken))!.Request.Events);
    }

    [Fact]
    public async Task A_job_is_read_listed_and_cancelled_by_its_consumer()
    {
        var first = (await PostAsync("""{"dead":true}""")).Expect(202).Text("id");
        var second = (await PostAsync("""{"missed":true,"since":"2026-03-01T12:00:00Z","rate":7}""")).Expect(202).Text("id");

        var list = (await gateway.GetAsync($"/orders/subscriptions/{id}/jobs?limit=1")).Expect(200);
        Assert.Equal(second, list.Body.GetProperty("items")[0].GetProperty("id").GetString());
        var read = (await gateway.GetAsync($"/orders/subscriptions/{id}/jobs/{second}")).Expect(200);
        Assert.Equal(("missed", 7, "2026-03-01T12:00:00+00:00"), (read.Text("kind"), read.Body.GetProperty("rate").GetInt32(), read.Text("from")));
        var cancelled = (await gateway.SendAsync(HttpMethod.Delete, $"/orders/subscriptions/{id}/jobs/{first}")).Expect(200);
        Assert.Equal(("cancelled", "Cancelled by its consumer."), (cancelled.Text("state"), cancelled.Text("reason")));
        Assert.Equal("cancelled", (await gateway.SendAsync(HttpMethod.Delete, $"/orders/subscriptions/{id}/jobs/{first}")).Expect(200).Text("state"));
    }

    [Fact]
    public async Task Jobs_of_others_and_of_other_subscriptions_are_not_there()
    {
        var job = (await PostAsync("""{"dead":true}""")).Expect(202).Text("id");
        var another = await gateway.SubscribeAsync("/customers");
        var path = $"/orders/subscriptions/{id}/jobs";

        (await gateway.PostAsync($"/orders/subscriptions/{id}/replay", """{"dead":true}""", "other")).Expect(404);
        (await gateway.GetAsync(path, "other")).Expect(404);
        (await gateway.GetAsync($"{path}/{job}", "other")).Expect(404);
        (await gateway.SendAsync(HttpMethod.Delete, $"{path}/{job}", consumer: "other")).Expect(404);
        (await gateway.GetAsync($"/customers/subscriptions/{another}/jobs/{job}")).Expect(404);
        (await gateway.GetAsync($"{path}/job_none")).Expect(404);
        Assert.Equal("running", (await gateway.GetAsync($"{path}/{job}")).Expect(200).Text("state"));
    }

    [Fact]
    public async Task So_many_jobs_are_enough()
    {
        for (var count = 0; count < JobLimits.Unfinished; count++)
        {
            (await PostAsync("""{"dead":true}""")).Expect(202);
        }

        Assert.Contains("cancel", (await PostAsync("""{"dead":true}""")).Expect(409).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_could_not_be_kept_is_a_503()
    {
        gateway.Broken = true;
        (await PostAsync("""{"dead":true}""")).Expect(503);
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
    [InlineData("{}", "dead")]
    [InlineData("""{"dead":false}""", "dead")]
    [InlineData("""{"dead":1}""", "dead")]
    [InlineData("""{"events":[]}""", "events")]
    [InlineData("""{"events":[1]}""", "events")]
    [InlineData("""{"events":["evt_1"],"dead":true}""", "dead")]
    [InlineData("""{"missed":true,"from":"2026-03-01T12:00:00Z"}""", "dead")]
    [InlineData("""{"to":"2026-03-01T12:00:00Z","dead":true}""", "to")]
    [InlineData("""{"from":"2026-03-01T12:00:00"}""", "from")]
    [InlineData("""{"from":"yesterday"}""", "from")]
    [InlineData("""{"from":"2026-03-02T12:00:00Z","to":"2026-03-01T12:00:00Z"}""", "to")]
    [InlineData("""{"dead":true,"since":"2026-03-01T12:00:00Z"}""", "since")]
    [InlineData("""{"dead":true,"rate":0}""", "rate")]
    [InlineData("""{"dead":true,"rate":10001}""", "rate")]
    [InlineData("""{"dead":true,"speed":1}""", "speed")]
    public async Task What_is_wrong_with_a_replay_is_told_by_field(string body, string field) =>
        Assert.Equal([field], (await PostAsync(body)).Expect(422).Errors);

    [Fact]
    public async Task More_than_500_events_are_a_422() =>
        (await ReplayAsync([.. Enumerable.Range(1, 501).Select(number => EventId.Create(number))])).Expect(422);

    private Task<Answer> PostAsync(string body) => gateway.PostAsync($"/orders/subscriptions/{id}/replay", body);

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
