using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Postern.Model;
using Postern.Model.Retries;
using Postern.Tests.Callbacks;
using Postern.Tests.Gateway;

namespace Postern.Tests.Health;

/// <summary>What the gateway says of itself, through the whole gateway.</summary>
public sealed class AnnouncementTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dead_callback_is_called_back_to_its_owner_and_the_operator_signed_and_to_nobody_else()
    {
        await using var node = await HealthNode.StartAsync();
        await using var broken = RawReceiver.Answering(503);
        await using var acme = RawReceiver.Answering(204);
        await using var globex = RawReceiver.Answering(204);
        await using var ops = RawReceiver.Answering(204);
        var (orders, _) = await node.SubscribeAsync("acme", "/orders", broken.Url + "?token=planted");
        var (_, secret) = await node.SubscribeAsync("acme", "/postern", acme.Url);
        var (other, _) = await node.SubscribeAsync("globex", "/postern", globex.Url);
        await node.SubscribeAsync("ops", "/postern/callbacks", ops.Url);

        var order = await node.PublishAsync();

        var dead = await Announced.FirstAsync(acme, "postern.callback.dead");
        Assert.True(dead.IsSignedWith(secret));
        Assert.Equal(orders, dead.Subject);
        Assert.Equal((orders, order, "orders.created", "acme", "/orders", 1, 503), (
            Text(dead, "subscription"), Text(dead, "event"), Text(dead, "eventType"), Text(dead, "consumer"), Text(dead, "resource"),
            dead.Data.GetProperty("attempts").GetInt32(), dead.Data.GetProperty("status").GetInt32()));
        Assert.Equal($"http://127.0.0.1:{broken.Port}", Text(dead, "endpoint"));
        Assert.DoesNotContain("planted", dead.Data.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(orders, (await Announced.FirstAsync(ops, "postern.callback.dead")).Subject);
        Assert.Equal(orders, (await Announced.FirstAsync(acme, "postern.subscription.failing")).Subject);

        // What comes after it has overtaken nothing: by then a callback for globex would have come.
        (await node.PostAsync("globex", $"/postern/subscriptions/{other}/test")).Expect(202);
        await Announced.FirstAsync(globex, "postern.test");
        Assert.Equal(["postern.test"], Announced.At(globex).Select(callback => callback.Type));
        Assert.Equal(["postern.callback.dead"], Announced.At(ops).Select(callback => callback.Type));
    }

    [Fact]
    public async Task A_410_is_announced()
    {
        await using var node = await HealthNode.StartAsync();
        await using var gone = RawReceiver.Answering(410);
        await using var acme = RawReceiver.Answering(204);
        var (orders, _) = await node.SubscribeAsync("acme", "/orders", gone.Url);
        await node.SubscribeAsync("acme", "/postern/subscriptions", acme.Url);

        await node.PublishAsync();

        var told = await Announced.FirstAsync(acme, "postern.subscription.gone");
        Assert.Equal((orders, "gone"), (told.Subject, Text(told, "state")));
    }

    [Fact]
    public async Task A_recovery_is_announced()
    {
        var answers = 0;
        await using var node = await HealthNode.StartAsync(change: callbacks => callbacks with { Retry = new RetrySettings { Schedule = [TimeSpan.Zero, TimeSpan.FromMilliseconds(10)] } });
        await using var shaky = new RawReceiver(async (stream, _, cancellation) => await stream.WriteAsync(
            Interlocked.Increment(ref answers) == 1 ? "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"u8.ToArray() : "HTTP/1.1 204 X\r\n\r\n"u8.ToArray(), cancellation));
        await using var acme = RawReceiver.Answering(204);
        var (orders, _) = await node.SubscribeAsync("acme", "/orders", shaky.Url);
        await node.SubscribeAsync("acme", "/postern", acme.Url);

        await node.PublishAsync();

        var told = await Announced.FirstAsync(acme, "postern.subscription.recovered");
        Assert.Equal((orders, "active"), (told.Subject, Text(told, "state")));
        Assert.Equal("healthy", (await node.GetAsync("acme", $"/orders/subscriptions/{orders}/health")).Text("state"));
    }

    [Fact]
    public async Task What_is_announced_in_vain_is_not_announced_again()
    {
        await using var node = await HealthNode.StartAsync();
        await using var broken = RawReceiver.Answering(500);
        foreach (var consumer in new[] { "acme", "ops" })
        {
            await node.SubscribeAsync(consumer, "/", broken.Url);
            await node.SubscribeAsync(consumer, "/postern", broken.Url);
        }

        await node.PublishAsync();

        // One callback each for the subscriptions to /; the two deaths and the two failings go to acme once or to ops twice.
        await Until.TrueAsync(() => node.Store.Statistics is { Pending: 0, Dead: 2 + 2 + 4 });
        Assert.Equal(1 + 2 + 2, node.Store.Statistics.LastSequence);
        Assert.Equal(2, (await node.EventsAsync("postern.callback.dead")).Count);
        Assert.All(await node.EventsAsync("postern.callback.dead"), told => Assert.NotEqual("/postern", JsonElement.Parse(told.Content.Data.Span).GetProperty("resource").GetString()));
        Assert.Equal(node.Store.Statistics.LastSequence, node.Store.Statistics.Cursor);
    }

    [Theory]
    [InlineData("/orders", "postern.callback.dead", null, "type")]
    [InlineData("/orders", "Postern.anything", null, "type")]
    [InlineData("/postern", "orders.created", null, "source")]
    [InlineData("/postern/subscriptions", "orders.created", "sub_1", "source")]
    [InlineData("https://evil.example/postern/callbacks?x#y", "orders.created", null, "source")]
    [InlineData("/", "orders.created", "postern", "source")]
    [InlineData("urn:x", "orders.created", "postern/callbacks", "source")]
    public async Task Nobody_can_publish_what_the_gateway_says(string source, string type, string? subject, string field)
    {
        await using var node = await HealthNode.StartAsync();

        var answer = (await node.PublishAsync("ops", source, type, subject)).Expect(422);

        Assert.Equal([field], answer.Body.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(0, node.Store.Statistics.LastSequence);
    }

    [Fact]
    public async Task A_forged_event_in_a_batch_is_named_and_nothing_of_the_batch_is_kept()
    {
        await using var node = await HealthNode.StartAsync();
        object[] batch =
        [
            new { specversion = "1.0", id = "1", source = "/orders", type = "orders.created" },
            new { specversion = "1.0", id = "2", source = "/orders", type = "postern.subscription.disabled" },
        ];
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events") { Content = JsonContent.Create(batch, new System.Net.Http.Headers.MediaTypeHeaderValue("application/cloudevents-batch+json")) };
        request.Headers.Add("X-API-Key", "acme");

        using var response = await node.Gateway.SendAsync(request, Cancellation);

        Assert.Equal(422, (int)response.StatusCode);
        Assert.Contains("[1].type", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(0, node.Store.Statistics.LastSequence);
    }

    [Fact]
    public async Task A_change_that_an_API_takes_below_postern_is_proxied_and_makes_no_event()
    {
        await using var upstream = await UpstreamHost.StartAsync(static context =>
        {
            context.Response.StatusCode = 201;
            return context.Response.WriteAsync("api");
        });
        await using var node = await HealthNode.StartAsync(upstream.Port);

        Assert.Equal(201, (await node.PostAsync("acme", "/postern/callbacks", new { forged = true })).Status);
        Assert.Equal(201, (await node.PostAsync("acme", "/%70ostern/subscriptions/x/y", new { forged = true })).Status);
        Assert.Equal(0, node.Store.Statistics.LastSequence);
        Assert.Equal(201, (await node.PostAsync("acme", "/orders", new { real = true })).Status);
        Assert.Equal(1, node.Store.Statistics.LastSequence);
    }

    [Fact]
    public async Task Without_an_API_behind_it_the_catalogue_tells_every_type_with_its_schema()
    {
        await using var node = await HealthNode.StartAsync();

        var all = (await node.GetAsync("acme", "/postern/events")).Expect(200).Body.GetProperty("items").EnumerateArray().ToList();
        var callbacks = (await node.GetAsync("acme", "/postern/callbacks/events")).Expect(200).Body.GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(
            [
                "postern.subscription.failing", "postern.subscription.recovered", "postern.subscription.disabled", "postern.subscription.gone",
                "postern.subscription.verified", "postern.subscription.unverified", "postern.callback.dead",
            ],
            all.Select(type => type.GetProperty("type").GetString()));
        Assert.Equal("postern.callback.dead", Assert.Single(callbacks).GetProperty("type").GetString());
        Assert.All(all, type => Assert.True(type.GetProperty("schema").GetProperty("properties").GetProperty("subscription").TryGetProperty("description", out _)));
    }

    [Theory]
    [InlineData("/postern", "postern.callback.dead", 201)]
    [InlineData("/postern/subscriptions", "postern.subscription.gone", 201)]
    [InlineData("/postern/callbacks/sub_x", "postern.callback.dead", 201)]
    [InlineData("/postern/callbacks", "postern.subscription.gone", 422)]
    [InlineData("/postern", "orders.created", 422)]
    [InlineData("/postern", "postern.nothing", 422)]
    public async Task Only_what_happens_there_can_be_subscribed_to(string resource, string type, int status)
    {
        await using var node = await HealthNode.StartAsync();

        (await node.PostAsync("acme", resource + "/subscribe", new { callback = "http://127.0.0.1:9/", events = new[] { type } })).Expect(status);
    }

    [Fact]
    public async Task A_subscription_to_it_is_read_changed_and_ended_like_any_other()
    {
        await using var node = await HealthNode.StartAsync();
        var (id, _) = await node.SubscribeAsync("acme", "/postern/subscriptions", "http://127.0.0.1:9/");
        var at = $"/postern/subscriptions/subscriptions/{id}";

        (await node.GetAsync("acme", at)).Expect(200);
        (await node.GetAsync("globex", at)).Expect(404);
        (await node.GetAsync("acme", $"/postern/subscriptions/{id}")).Expect(404);
        (await node.PostAsync("acme", at + "/pause")).Expect(200);
        (await node.PostAsync("acme", at + "/resume")).Expect(200);
        Assert.Equal(1, (await node.GetAsync("acme", "/postern/subscriptions/subscriptions")).Expect(200).Body.GetProperty("items").GetArrayLength());
        (await node.PostAsync("acme", "/postern/subscriptions/unsubscribe", new { id })).Expect(202);
        (await node.GetAsync("acme", at)).Expect(404);
    }

    [Fact]
    public async Task One_subscription_is_a_record_like_any_other()
    {
        await using var node = await HealthNode.StartAsync();
        await using var broken = RawReceiver.Answering(500);
        await using var acme = RawReceiver.Answering(204);
        var (first, _) = await node.SubscribeAsync("acme", "/orders", broken.Url);
        var (second, _) = await node.SubscribeAsync("acme", "/orders", broken.Url, new { callback = broken.Url, metadata = new { second = true } });
        await node.SubscribeAsync("acme", $"/postern/subscriptions/{second}", acme.Url);

        await node.PublishAsync();

        Assert.Equal(second, (await Announced.FirstAsync(acme, "postern.subscription.failing")).Subject);
        Assert.NotEqual(first, second);
        Assert.All(Announced.At(acme), callback => Assert.Equal(second, callback.Subject));
    }

    [Theory]
    [InlineData("GET", "/postern/subscribe", 405)]
    [InlineData("DELETE", "/postern/subscriptions", 405)]
    [InlineData("POST", "/postern/other/subscribe", 404)]
    public async Task What_is_ours_is_never_left_to_the_API(string method, string path, int status)
    {
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync("api"));
        await using var node = await HealthNode.StartAsync(upstream.Port);

        (await node.SendAsync("acme", new HttpMethod(method), path)).Expect(status);
    }

    [Fact]
    public async Task No_event_of_the_gateway_is_replayed_to_a_subscription_to_everything()
    {
        await using var node = await HealthNode.StartAsync();
        await using var broken = RawReceiver.Answering(500);
        var (all, _) = await node.SubscribeAsync("acme", "/", broken.Url);
        var (own, _) = await node.SubscribeAsync("acme", "/postern", broken.Url);
        await node.PublishAsync();
        await Until.TrueAsync(() => node.Store.Statistics is { Pending: 0, Dead: 3 });
        var told = (await node.EventsAsync("postern.callback.dead"))[0].Id;

        (await node.PostAsync("acme", $"/subscriptions/{all}/replay", new { events = new[] { told } })).Expect(422);
        (await node.PostAsync("acme", $"/postern/subscriptions/{own}/replay", new { events = new[] { told } })).Expect(202);
    }

    private static string? Text(Announced callback, string field) => callback.Data.GetProperty(field).GetString();
}
