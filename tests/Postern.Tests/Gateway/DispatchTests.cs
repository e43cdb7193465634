using System.Net;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Model;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Tests.Gateway;

public sealed class DispatchTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly Operation[] Operations =
    [
        Echo("POST", "/{resource}/subscribe"),
        Echo("GET", "/{resource}/subscriptions"),
        Echo("GET", "/{resource}/subscriptions/{id}"),
        Echo("DELETE", "/{resource}/subscriptions/{id}"),
        Echo("POST", "/{resource}/subscriptions/{id}/rotate-secret"),
        Echo("GET", "/{resource}/events"),
        Echo("POST", "/events"),
    ];

    [Theory]
    [InlineData("POST", "/orders/subscribe", "POST/{resource}/subscribe shop /orders  ")]
    [InlineData("POST", "/orders/42/subscribe", "POST/{resource}/subscribe shop /orders 42 ")]
    [InlineData("POST", "/orders/a%2F1/subscribe", "POST/{resource}/subscribe shop /orders a%2F1 ")]
    [InlineData("POST", "/subscribe", "POST/{resource}/subscribe shop /  ")]
    [InlineData("GET", "/orders/subscriptions", "GET/{resource}/subscriptions shop /orders  ")]
    [InlineData("GET", "/orders/subscriptions/sub_1", "GET/{resource}/subscriptions/{id} shop /orders  sub_1")]
    [InlineData("DELETE", "/orders/42/subscriptions/sub_1", "DELETE/{resource}/subscriptions/{id} shop /orders 42 sub_1")]
    [InlineData("POST", "/orders/subscriptions/sub_1/rotate-secret", "POST/{resource}/subscriptions/{id}/rotate-secret shop /orders  sub_1")]
    [InlineData("GET", "/orders/events", "GET/{resource}/events shop /orders  ")]
    [InlineData("POST", "/events", "POST/events    ")]
    [InlineData("POST", "/events/", "POST/events    ")]
    [InlineData("POST", "/ev%65nts", "POST/events    ")]
    [InlineData("POST", "/orders/events", "api")]
    [InlineData("PUT", "/events", "api")]
    [InlineData("GET", "/orders", "api")]
    [InlineData("POST", "/orders/subscribers", "api")]
    [InlineData("POST", "/orders/%2Fsubscribe", "api")]
    public async Task Calls_with_a_reserved_word_are_ours_and_all_others_the_APIs(string method, string path, string expected) =>
        Assert.Equal(expected, await CallAsync(new ApiConfiguration { Upstream = [] }, method, path));

    [Theory]
    [InlineData("POST", "/shop/orders/42/subscribe", "POST/{resource}/subscribe shop /shop/orders 42 ")]
    [InlineData("POST", "/events", "POST/events    ")]
    [InlineData("POST", "/shop/events", "api")]
    public async Task An_API_below_a_path_keeps_its_resources_there(string method, string path, string expected) =>
        Assert.Equal(expected, await CallAsync(new ApiConfiguration { Upstream = [], Path = "/shop" }, method, path));

    [Theory]
    [InlineData("POST", "/orders/follow", "POST/{resource}/subscribe shop /orders  ")]
    [InlineData("POST", "/orders/subscribe", "api")]
    [InlineData("POST", "/events", "api")]
    [InlineData("POST", "/news", "POST/events    ")]
    public async Task Renamed_words_leave_the_old_ones_to_the_API(string method, string path, string expected) =>
        Assert.Equal(expected, await CallAsync(
            new ApiConfiguration { Upstream = [], Words = new ReservedWords { Subscribe = "follow", Events = "news" } }, method, path));

    [Fact]
    public async Task A_known_path_with_the_wrong_method_is_a_405_that_says_what_it_takes()
    {
        await using var gateway = await GatewayHost.StartAsync(GatewayHost.Before("http://127.0.0.1:1"), Operations);

        var answer = await gateway.Client.PutAsync("/orders/subscriptions/sub_1", null, Cancellation);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["DELETE", "GET"], answer.Content.Headers.Allow);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("GET", "health")]
    [InlineData("GET", "events")]
    [InlineData("POST", "subscribe")]
    public async Task What_is_no_call_on_a_subscription_is_neither_the_APIs_nor_a_resource(string method, string word)
    {
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync("api"));
        await using var gateway = await GatewayHost.StartAsync(GatewayHost.Before($"http://127.0.0.1:{upstream.Port}"), Operations);

        using var request = new HttpRequestMessage(new HttpMethod(method), $"/orders/subscriptions/{SubscriptionId.Create()}/{word}");
        var answer = await gateway.Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task What_cannot_be_subscribed_to_is_told_with_what_can()
    {
        var shop = new ApiConfiguration { Upstream = ["http://127.0.0.1:1"], Resources = new Dictionary<string, ResourceConfiguration> { ["/orders"] = new() } };
        await using var gateway = await GatewayHost.StartAsync(
            new PosternConfiguration { Apis = new Dictionary<string, ApiConfiguration> { ["shop"] = shop } }, Operations);

        var answer = await gateway.Client.PostAsync("/carts/subscribe", null, Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("/orders", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_fails_is_a_503_with_Retry_After_and_a_bug_a_500_that_tells_nothing()
    {
        await using var gateway = await GatewayHost.StartAsync(
            GatewayHost.Before("http://127.0.0.1:1"),
            GatewayHost.Operation("POST", "/events", static (_, _) => throw new StoreUnavailableException("disk /secret/place")),
            GatewayHost.Operation("GET", "/{resource}/events", static (_, _) => throw new InvalidOperationException("/secret/place")));

        var unavailable = await gateway.Client.PostAsync("/events", null, Cancellation);
        var bug = await gateway.Client.GetAsync("/orders/events", Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, unavailable.StatusCode);
        Assert.NotNull(unavailable.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.InternalServerError, bug.StatusCode);
        Assert.DoesNotContain("secret", await unavailable.Content.ReadAsStringAsync(Cancellation) + await bug.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    private static async Task<string> CallAsync(ApiConfiguration api, string method, string path)
    {
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync("api"));
        var shop = api with { Upstream = [$"http://127.0.0.1:{upstream.Port}"] };
        await using var gateway = await GatewayHost.StartAsync(
            new PosternConfiguration { Apis = new Dictionary<string, ApiConfiguration> { ["shop"] = shop } }, Operations);
        var raw = await RawClient.SendAsync(gateway.Port, $"{method} {path} HTTP/1.0\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        return raw[(raw.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
    }

    private static Operation Echo(string method, string path) =>
        GatewayHost.Operation(method, path, (_, call) => $"{method}{path} {call.Api} {(call.Api is null ? "" : call.Resource)} {call.Key} {call.Id}");
}
