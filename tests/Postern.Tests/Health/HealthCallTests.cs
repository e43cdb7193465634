using System.Text;
using Postern.Model.Retries;
using Postern.Tests.Callbacks;

namespace Postern.Tests.Health;

/// <summary>"Is my endpoint up": the answers in each state, through the whole gateway.</summary>
public sealed class HealthCallTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Before_the_first_attempt_a_subscription_is_healthy()
    {
        await using var node = await HealthNode.StartAsync();
        var (id, _) = await node.SubscribeAsync("acme", "/orders", "http://127.0.0.1:9/");

        var health = (await node.GetAsync("acme", $"/orders/subscriptions/{id}/health")).Expect(200);

        Assert.Equal((id, "healthy", 0, 0), (health.Text("subscription"), health.Text("state"), Count(health, "owed"), Count(health, "dead")));
        Assert.All(["failingSince", "lastAttempt", "nextAttempt", "endpoint", "reason"], field => Assert.False(health.Body.TryGetProperty(field, out _), field));
    }

    [Fact]
    public async Task A_failing_endpoint_is_told_with_when_why_and_what_comes_next_also_after_a_restart()
    {
        await using var node = await HealthNode.StartAsync(change: callbacks => callbacks with { Retry = new RetrySettings { Schedule = [TimeSpan.Zero, Hour], Jitter = 0 } });
        await using var broken = RawReceiver.Answering(503);
        var (id, _) = await node.SubscribeAsync("acme", "/orders", broken.Url);
        await node.PublishAsync();

        var health = await UntilAsync(node, id, "failing");

        var since = health.Body.GetProperty("failingSince").GetDateTimeOffset();
        Assert.Equal(503, health.Body.GetProperty("lastAttempt").GetProperty("status").GetInt32());
        Assert.Equal("The receiver answered 503.", health.Body.GetProperty("lastAttempt").GetProperty("error").GetString());
        Assert.Equal((1, 0), (Count(health, "owed"), Count(health, "dead")));
        Assert.InRange(health.Body.GetProperty("nextAttempt").GetDateTimeOffset() - since, Hour - TimeSpan.FromMilliseconds(1), Hour + TimeSpan.FromMinutes(1));
        Assert.Equal($"http://127.0.0.1:{broken.Port}", health.Body.GetProperty("endpoint").GetProperty("endpoint").GetString());
        Assert.Equal(since, (await node.GetAsync("acme", $"/orders/subscriptions/{id}")).Body.GetProperty("failingSince").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        Assert.Equal("failing", (await node.AdminAsync(HttpMethod.Get, $"/api/subscriptions/{id}/health")).Expect(200).Text("state"));
        Assert.True((await node.AdminAsync(HttpMethod.Get, $"/api/subscriptions/{id}")).Body.TryGetProperty("failingSince", out _));
        Assert.Equal("retry", (await node.AdminAsync(HttpMethod.Get, "/api/endpoints")).Body.GetProperty("items")[0].GetProperty("lastOutcome").GetString());

        await node.RestartAsync();
        var after = (await node.GetAsync("acme", $"/orders/subscriptions/{id}/health")).Expect(200);

        Assert.Equal("failing", after.Text("state"));
        Assert.Equal(since, after.Body.GetProperty("failingSince").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task A_paused_one_says_so_and_what_it_keeps()
    {
        await using var node = await HealthNode.StartAsync(change: callbacks => callbacks with { Retry = new RetrySettings { Schedule = [TimeSpan.Zero, Hour] } });
        await using var broken = RawReceiver.Answering(503);
        var (id, _) = await node.SubscribeAsync("acme", "/orders", broken.Url);
        await node.PublishAsync();
        await UntilAsync(node, id, "failing");
        (await node.PostAsync("acme", $"/orders/subscriptions/{id}/pause")).Expect(200);

        var health = (await node.GetAsync("acme", $"/orders/subscriptions/{id}/health")).Expect(200);

        Assert.Equal(("paused", 1), (health.Text("state"), Count(health, "owed")));
        Assert.False(health.Body.TryGetProperty("nextAttempt", out _));
        Assert.True(health.Body.TryGetProperty("failingSince", out _));
    }

    [Fact]
    public async Task A_dead_callback_is_counted()
    {
        await using var node = await HealthNode.StartAsync();
        await using var broken = RawReceiver.Answering(503);
        var (id, _) = await node.SubscribeAsync("acme", "/orders", broken.Url);
        await node.PublishAsync();

        var health = await UntilAsync(node, id, "failing");

        Assert.Equal((0, 1), (Count(health, "owed"), Count(health, "dead")));
    }

    [Fact]
    public async Task A_gone_one_says_why()
    {
        await using var node = await HealthNode.StartAsync();
        await using var gone = RawReceiver.Answering(410);
        var (id, _) = await node.SubscribeAsync("acme", "/orders", gone.Url);
        await node.PublishAsync();

        Assert.Contains("410", (await UntilAsync(node, id, "gone")).Text("reason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_health_of_others_is_answered_like_what_never_was()
    {
        await using var node = await HealthNode.StartAsync();
        var (id, _) = await node.SubscribeAsync("acme", "/orders", "http://127.0.0.1:9/");

        (await node.GetAsync("globex", $"/orders/subscriptions/{id}/health")).Expect(404);
        (await node.GetAsync("ops", $"/orders/subscriptions/{id}/health")).Expect(404);
        (await node.GetAsync("nobody", $"/orders/subscriptions/{id}/health")).Expect(401);
        (await node.AdminAsync(HttpMethod.Get, "/api/subscriptions/sub_none/health")).Expect(404);
    }

    [Fact]
    public async Task What_the_operator_disables_only_the_operator_enables()
    {
        await using var node = await HealthNode.StartAsync();
        await using var acme = RawReceiver.Answering(204);
        var (id, _) = await node.SubscribeAsync("acme", "/orders", "http://127.0.0.1:9/");
        await node.SubscribeAsync("acme", "/postern", acme.Url);
        var at = $"/orders/subscriptions/{id}";

        var disabled = (await node.AdminAsync(HttpMethod.Post, $"/api/subscriptions/{id}/disable", new { reason = "It floods us." })).Expect(200);
        var told = await Announced.FirstAsync(acme, "postern.subscription.disabled");
        var refused = (await node.PostAsync("acme", at + "/resume")).Expect(409);
        var health = (await node.GetAsync("acme", at + "/health")).Expect(200);
        (await node.AdminAsync(HttpMethod.Post, $"/api/subscriptions/{id}/disable", new { reason = "It floods us." })).Expect(200);

        Assert.Equal(("disabled", "operator", "Disabled by the gateway's operator: It floods us."), (disabled.Text("state"), disabled.Text("disabledBy"), disabled.Text("reason")));
        Assert.Equal((id, "disabled"), (told.Subject, told.Data.GetProperty("state").GetString()));
        Assert.Contains("It floods us.", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(("disabled", "operator"), (health.Text("state"), health.Text("disabledBy")));
        Assert.Single(await node.EventsAsync("postern.subscription.disabled"));

        Assert.Equal("active", (await node.AdminAsync(HttpMethod.Post, $"/api/subscriptions/{id}/enable")).Expect(200).Text("state"));
        var enabled = (await node.GetAsync("acme", at)).Expect(200);
        Assert.Equal((null, null), (enabled.TextOrNull("disabledBy"), enabled.TextOrNull("reason")));
        (await node.AdminAsync(HttpMethod.Post, $"/api/subscriptions/{id}/enable")).Expect(200);
        (await node.PostAsync("acme", at + "/pause")).Expect(200);
        (await node.AdminAsync(HttpMethod.Post, $"/api/subscriptions/{id}/enable")).Expect(409);
    }

    [Theory]
    [InlineData("""{"reason": ""}""", 422)]
    [InlineData("""{"cause": "x"}""", 400)]
    [InlineData("[", 400)]
    [InlineData("null", 200)]
    public async Task A_reason_is_a_text_or_is_left_out(string body, int status)
    {
        await using var node = await HealthNode.StartAsync();
        var (id, _) = await node.SubscribeAsync("acme", "/orders", "http://127.0.0.1:9/");
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await node.Admin.PostAsync($"/api/subscriptions/{id}/disable", content, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
    }

    private static int Count(Answer health, string what) => health.Body.GetProperty(what).GetProperty("count").GetInt32();

    private static async Task<Answer> UntilAsync(HealthNode node, string id, string state)
    {
        while (true)
        {
            var health = (await node.GetAsync("acme", $"/orders/subscriptions/{id}/health")).Expect(200);
            if (health.Text("state") == state)
            {
                return health;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
