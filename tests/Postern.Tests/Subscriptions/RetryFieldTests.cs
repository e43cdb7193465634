using System.Text.Json;
using Postern.Model;
using Postern.Model.Retries;

namespace Postern.Tests.Subscriptions;

/// <summary>What a consumer may say about retries and order, and how it is shown.</summary>
public sealed class RetryFieldTests : IAsyncLifetime
{
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task A_policy_is_stored_and_shown_as_it_is_meant()
    {
        const string Retry = """{"schedule":["0s","30s","10m"],"giveUpAfter":"1d","notStatuses":["400","3xx"],"jitter":0.1}""";

        var answer = (await SubscribeAsync($$"""{"retry":{{Retry}},"order":"key"}""")).Expect(201);

        var stored = await gateway.ReadAsync(answer.Text("id"));
        Assert.Equal(SubscriptionOrder.Key, stored.Order);
        Assert.Equivalent(
            new RetrySettings
            {
                Schedule = [TimeSpan.Zero, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(10)], GiveUpAfter = TimeSpan.FromDays(1),
                NotStatuses = ["400", "3xx"], Jitter = 0.1,
            },
            stored.Retry, strict: true);
        var shown = (await gateway.GetAsync($"/orders/subscriptions/{answer.Text("id")}")).Expect(200);
        Assert.Equal(Retry.Replace("1d", "24h", StringComparison.Ordinal), shown.Body.GetProperty("retry").GetRawText());
        Assert.Equal("key", shown.Text("order"));
    }

    [Fact]
    public async Task Without_a_word_about_it_a_subscription_has_no_order_and_its_operators_policy()
    {
        var answer = (await SubscribeAsync("{}")).Expect(201);

        Assert.Equal("none", answer.Text("order"));
        Assert.False(answer.Has("retry"));
        Assert.Null((await gateway.ReadAsync(answer.Text("id"))).Retry);
    }

    [Fact]
    public async Task A_patch_replaces_the_policy_and_null_takes_it_back()
    {
        var id = (await SubscribeAsync("""{"retry":{"giveUpAfter":"1d","jitter":0}}""")).Expect(201).Text("id");

        await PatchAsync(id, """{"retry":{"backoff":{"initial":"1m","max":"1h"}}}""");
        Assert.Equivalent(
            new RetrySettings { Backoff = new RetryBackoff { Initial = TimeSpan.FromMinutes(1), Factor = 2, Max = TimeSpan.FromHours(1) } },
            (await gateway.ReadAsync(id)).Retry, strict: true);

        await PatchAsync(id, """{"retry":null}""");
        Assert.Null((await gateway.ReadAsync(id)).Retry);
    }

    [Theory]
    [InlineData("""{"order":"strict"}""", "order", "must be \"none\" or \"key\".")]
    [InlineData("""{"retry":"1d"}""", "retry", "must be an object")]
    [InlineData("""{"retry":{"for":"1d"}}""", "retry.for", "is not a field; there are schedule, backoff, giveUpAfter, statuses, notStatuses and jitter.")]
    [InlineData("""{"retry":{"giveUpAfter":"4d"}}""", "retry.giveUpAfter", "give at most 72h")]
    [InlineData("""{"retry":{"giveUpAfter":60}}""", "retry.giveUpAfter", "must be a duration like")]
    [InlineData("""{"retry":{"schedule":["5s","1m"]}}""", "retry.schedule[0]", "begin the schedule with 0s")]
    [InlineData("""{"retry":{"schedule":["0s"]}}""", "retry.schedule", "add one, or say giveUpAfter: 0s")]
    [InlineData("""{"retry":{"schedule":["0s","500ms"]}}""", "retry.schedule[1]", "a waiting time is 1s or longer")]
    [InlineData("""{"retry":{"schedule":["0s","soon"]}}""", "retry.schedule[1]", "must be a duration like")]
    [InlineData("""{"retry":{"schedule":"0s"}}""", "retry.schedule", "must be an array of 2 to 50 durations")]
    [InlineData("""{"retry":{"schedule":["0s","1s"],"backoff":{}}}""", "retry.backoff", "give one of the two")]
    [InlineData("""{"retry":{"backoff":{"initial":"10ms"}}}""", "retry.backoff.initial", "a waiting time is 1s or longer")]
    [InlineData("""{"retry":{"backoff":{"factor":0.9}}}""", "retry.backoff.factor", "must be a number from 1 to 10")]
    [InlineData("""{"retry":{"backoff":{"initial":"1h","max":"1m"}}}""", "retry.backoff.max", "is shorter than backoff.initial")]
    [InlineData("""{"retry":{"statuses":["2xx"]}}""", "retry.statuses[0]", "a 2xx is always delivered")]
    [InlineData("""{"retry":{"notStatuses":[500,410]}}""", "retry.notStatuses[1]", "ends the subscription")]
    [InlineData("""{"retry":{"statuses":[]}}""", "retry.statuses", "must be an array of 1 to 100 statuses")]
    [InlineData("""{"retry":{"jitter":2}}""", "retry.jitter", "must be a number from 0 to 1")]
    public async Task What_is_wrong_with_it_is_told_by_field(string fields, string field, string message)
    {
        var answer = (await SubscribeAsync(fields)).Expect(422);

        Assert.Equal([field], answer.Errors);
        Assert.Contains(message, answer.Body.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_policy_or_another_order_is_another_subscription()
    {
        Assert.Equal(201, (await SubscribeAsync("{}")).Status);
        Assert.Equal(201, (await SubscribeAsync("""{"order":"key"}""")).Status);
        Assert.Equal(201, (await SubscribeAsync("""{"retry":{"schedule":["0s","1m"]}}""")).Status);
        Assert.Equal(409, (await SubscribeAsync("""{"retry":{"schedule":["0s","60s"]}}""")).Status);
    }

    [Fact]
    public async Task The_order_cannot_be_changed()
    {
        var id = (await SubscribeAsync("""{"order":"key"}""")).Expect(201).Text("id");

        var answer = (await gateway.SendAsync(HttpMethod.Patch, $"/orders/subscriptions/{id}", """{"order":"none"}""")).Expect(422);

        Assert.Contains("make another subscription", answer.Body.GetProperty("errors").GetProperty("order")[0].GetString(), StringComparison.Ordinal);
    }

    private Task<Answer> SubscribeAsync(string fields)
    {
        var body = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(fields)!;
        body["callback"] = JsonElement.Parse($"\"{TestGateway.Hook}\"");
        return gateway.PostAsync("/orders/subscribe", JsonSerializer.Serialize(body));
    }

    private async Task PatchAsync(string id, string patch) =>
        (await gateway.SendAsync(HttpMethod.Patch, $"/orders/subscriptions/{id}", patch)).Expect(200);
}
