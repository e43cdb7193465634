using System.Globalization;
using Postern.Configuration;
using Postern.Tests.Callbacks;

namespace Postern.Tests.Health;

/// <summary>A whole node before an API that says who may read what.</summary>
public sealed class ReadCheckTests
{
    private static readonly ReadCheckConfiguration Check = new();

    [Theory]
    [InlineData(200, 201)]
    [InlineData(204, 201)]
    [InlineData(401, 403)]
    [InlineData(403, 403)]
    [InlineData(404, 403)]
    [InlineData(410, 403)]
    [InlineData(302, 503)]
    [InlineData(405, 503)]
    [InlineData(500, 503)]
    public async Task Who_may_not_read_a_resource_cannot_subscribe_to_it(int says, int answered)
    {
        await using var api = await GuardedApi.StartAsync();
        api.Answer = _ => Task.FromResult(says);
        await using var node = await StartAsync(api, Check);

        var answer = await node.PostAsync("acme", "/orders/42/subscribe", new { callback = api.Hook });

        answer.Expect(answered);
        Assert.Equal("HEAD /orders/42 acme", Assert.Single(api.Asked));
        Assert.Equal(answered == 503, answer.Headers.RetryAfter is not null);
    }

    [Theory]
    [InlineData(UnknownRead.Allow, 201)]
    [InlineData(UnknownRead.Withhold, 403)]
    public async Task The_operator_says_what_holds_while_the_API_does_not(UnknownRead unknown, int answered)
    {
        await using var api = await GuardedApi.StartAsync();
        api.Answer = _ => Task.FromResult(500);
        await using var node = await StartAsync(api, Check with { Unknown = unknown, Method = ReadMethod.Get });

        (await node.PostAsync("acme", "/orders/subscribe", new { callback = api.Hook })).Expect(answered);

        Assert.Equal("GET /orders acme", Assert.Single(api.Asked));
    }

    [Fact]
    public async Task A_callback_for_a_record_that_its_consumer_may_not_read_is_withheld_and_shown()
    {
        await using var api = await GuardedApi.StartAsync();
        await using var node = await StartAsync(api, Check);
        var (id, _) = await node.SubscribeAsync("acme", "/orders", api.Hook);
        api.Answer = path => Task.FromResult(path == "/orders/42" ? 403 : 200);

        await PublishAsync(node, "orders.updated", "42");
        await PublishAsync(node, "orders.updated", "43");

        await Until.TrueAsync(() => api.Received.Contains("/orders/43"));
        await Until.TrueAsync(async () => (await AttemptsAsync(node, id)).Contains("withheld", StringComparison.Ordinal));
        Assert.DoesNotContain("/orders/42", api.Received);
        Assert.Equal("healthy", (await node.GetAsync("acme", $"/orders/subscriptions/{id}/health")).Expect(200).Text("state"));
        await Until.TrueAsync(() => node.Store.Statistics.Pending == 0);
        Assert.Equal(0, node.Store.Statistics.Dead);
    }

    [Fact]
    public async Task A_deletion_is_told_to_who_may_read_the_resource()
    {
        await using var api = await GuardedApi.StartAsync();
        await using var node = await StartAsync(api, Check);
        await node.SubscribeAsync("acme", "/orders", api.Hook);
        api.Answer = path => Task.FromResult(path == "/orders/42" ? 404 : 200);

        await PublishAsync(node, "orders.deleted", "42");

        await Until.TrueAsync(() => api.Received.Contains("/orders/42"));
    }

    [Fact]
    public async Task While_the_API_does_not_say_callbacks_wait_in_their_order_and_none_is_lost()
    {
        await using var api = await GuardedApi.StartAsync();
        await using var node = await StartAsync(api, Check);
        await node.SubscribeAsync("acme", "/orders", api.Hook, new { callback = api.Hook, order = "key" });
        api.Answer = _ => Task.FromResult(500);

        var events = new[] { await PublishAsync(node, "orders.updated", "42"), await PublishAsync(node, "orders.updated", "42"), await PublishAsync(node, "orders.updated", "42") };
        await Until.TrueAsync(() => api.Asked.Count(static asked => asked.StartsWith("HEAD /orders/42", StringComparison.Ordinal)) >= 2);
        Assert.Empty(api.Received);
        api.Answer = _ => Task.FromResult(200);

        await Until.TrueAsync(() => api.Received.Count == events.Length);
        Assert.Equal(events, api.Ids);
    }

    [Fact]
    public async Task An_API_that_hangs_stalls_no_callback_of_another()
    {
        await using var api = await GuardedApi.StartAsync();
        await using var node = await HealthNode.StartAsync(apis: new Dictionary<string, ApiConfiguration>
        {
            ["slow"] = api.Configure("/slow", Check with { Timeout = TimeSpan.FromSeconds(30) }), ["open"] = api.Configure(),
        });
        await node.SubscribeAsync("acme", "/slow/orders", api.Hook);
        await node.SubscribeAsync("acme", "/orders", api.Hook);
        var hanging = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        api.Answer = _ => hanging.Task;

        const int Slow = 40;
        for (var record = 0; record < Slow; record++)
        {
            (await node.PublishAsync("acme", "/slow/orders", "orders.updated", record.ToString(CultureInfo.InvariantCulture))).Expect(202);
        }

        await PublishAsync(node, "orders.updated", "42");
        await Until.TrueAsync(() => api.Received.Contains("/orders/42"));
        Assert.Single(api.Received);
        hanging.SetResult(200);

        await Until.TrueAsync(() => api.Received.Count == Slow + 1);
    }

    private static Task<HealthNode> StartAsync(GuardedApi api, ReadCheckConfiguration check) =>
        HealthNode.StartAsync(change: callbacks => callbacks with { Retry = new CallbacksConfiguration().Retry }, apis: new Dictionary<string, ApiConfiguration> { ["api"] = api.Configure(check: check) });

    private static async Task<string> PublishAsync(HealthNode node, string type, string subject) =>
        (await node.PublishAsync("acme", "/orders", type, subject)).Expect(202).Body.GetProperty("events")[0].GetProperty("id").GetString()!;

    private static async Task<string> AttemptsAsync(HealthNode node, string id) =>
        (await node.GetAsync("acme", $"/orders/subscriptions/{id}/attempts")).Expect(200).Body.GetRawText();
}
