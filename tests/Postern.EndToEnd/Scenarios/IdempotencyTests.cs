using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

/// <summary>Fault F-19: duplicate producers.</summary>
public sealed class IdempotencyTests
{
    [Fact]
    public async Task One_key_is_one_event_and_one_subscription_whoever_asks_again_and_whatever_is_killed()
    {
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        var setup = new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data") };
        await using var first = await RunningGateway.StartAsync(setup);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => PublishAsync(first, "\"k-1\"", "{\"n\":1}")));
        Assert.All(answers, answer => Assert.Contains(answer.Status, (HttpStatusCode[])[HttpStatusCode.Accepted, HttpStatusCode.Conflict]));
        var published = Assert.Single(answers.Where(answer => answer.Status == HttpStatusCode.Accepted).Select(answer => answer.Body).Distinct());
        var subscribed = await SubscribeAsync(first, "k-1", "https://example.com/a");
        Assert.Equal(HttpStatusCode.Created, subscribed.Status);

        // Killed while equal calls are under way: whichever of them was on disk, it is one event.
        var underWay = Enumerable.Range(0, 50).Select(_ => PublishAsync(first, "k-2", "{\"n\":2}")).ToList();
        await Task.WhenAny(underWay);
        await first.KillAsync();
        try
        {
            await Task.WhenAll(underWay);
        }
        catch (HttpRequestException)
        {
            // Their connections were cut.
        }

        await using var second = await RunningGateway.StartAsync(setup);
        Assert.Equal((HttpStatusCode.Accepted, published), await PublishAsync(second, "k-1", "{\"n\":1}"));
        Assert.Equal(subscribed, await SubscribeAsync(second, "k-1", "https://example.com/a"));
        Assert.Equal(HttpStatusCode.Accepted, (await PublishAsync(second, "k-2", "{\"n\":2}")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PublishAsync(second, "k-1", "{\"n\":3}")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SubscribeAsync(second, "k-1", "https://example.com/b")).Status);

        Assert.Equal(2, (await second.AdminAsync("/api/events"))["items"]!.AsArray().Count);
        Assert.Single((await second.AdminAsync("/api/subscriptions"))["items"]!.AsArray());
    }

    private static Task<(HttpStatusCode Status, string Body)> PublishAsync(RunningGateway gateway, string key, string data) => SendAsync(
        gateway, "/events", key, "application/cloudevents+json",
        // Its id alone would make it one event too, but answered as a duplicate: only the key brings the first answer back.
        $$"""{"specversion":"1.0","id":"{{Guid.Empty}}","source":"/orders/{{key.Trim('"')}}","type":"orders.created","data":{{data}}}""");

    private static Task<(HttpStatusCode Status, string Body)> SubscribeAsync(RunningGateway gateway, string key, string callback) => SendAsync(
        gateway, "/orders/subscribe", key, "application/json", new JsonObject { ["callback"] = callback }.ToJsonString());

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(RunningGateway gateway, string path, string key, string media, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, media) };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await gateway.Client.Http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
