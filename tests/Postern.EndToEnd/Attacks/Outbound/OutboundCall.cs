using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Outbound;

/// <summary>A way to make the gateway call an address that somebody else has chosen. A new one is one more line in <see cref="All"/>.</summary>
/// <param name="Name">What it is called in a failure.</param>
/// <param name="Subscribe">Makes a subscription to a resource that names the URL.</param>
/// <param name="Start">Brings the URL to be called.</param>
internal sealed record OutboundCall(string Name, Func<RunningGateway, string, string, Task<Subscribed>> Subscribe, Func<RunningGateway, Subscribed, Task> Start)
{
    /// <summary>Where callbacks may go, for calls that come before one.</summary>
    public const string Listed = "http://198.51.100.7:8080/hook";

    public static IReadOnlyList<OutboundCall> All { get; } =
    [
        new("callback", CallBackAsync, PublishAsync),
        new("token endpoint", static (gateway, resource, url) => gateway.Client.SubscribeAsync(resource, Listed, WithToken(url)), PublishAsync),
        new("test", CallBackAsync, static async (gateway, subscribed) => await gateway.Client.CallAsync(HttpMethod.Post, subscribed.Path + "/test", HttpStatusCode.Accepted)),
    ];

    public static JsonObject WithToken(string url) => new()
    {
        ["delivery"] = new JsonObject
        {
            ["auth"] = new JsonObject { ["type"] = "oauth2", ["tokenUrl"] = url, ["clientId"] = "postern", ["clientSecret"] = "client-secret" },
        },
    };

    private static Task<Subscribed> CallBackAsync(RunningGateway gateway, string resource, string url) => gateway.Client.SubscribeAsync(resource, url);

    private static async Task PublishAsync(RunningGateway gateway, Subscribed subscribed)
    {
        using var answer = await gateway.Client.PublishAsync(subscribed.Resource, Guid.NewGuid().ToString("N"), "orders.created", "{}");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }
}

/// <summary>A way to tell the gateway a URL that it is to call later.</summary>
/// <param name="Name">What it is called in a failure.</param>
/// <param name="Tell">Tells it the URL; the status of the answer.</param>
internal sealed record UrlField(string Name, Func<RunningGateway, Subscribed, string, Task<HttpStatusCode>> Tell)
{
    public static IReadOnlyList<UrlField> All { get; } =
    [
        new("subscribe", static (gateway, _, url) => SendAsync(gateway, HttpMethod.Post, "/orders/subscribe", url)),
        new("change", static (gateway, subscribed, url) => SendAsync(gateway, HttpMethod.Patch, subscribed.Path, url)),
        new("token endpoint", static (gateway, _, url) => SendAsync(gateway, HttpMethod.Post, "/orders/subscribe", OutboundCall.Listed, OutboundCall.WithToken(url))),
    ];

    private static async Task<HttpStatusCode> SendAsync(RunningGateway gateway, HttpMethod method, string path, string url, JsonObject? more = null)
    {
        var body = more ?? [];
        body["callback"] = url;
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var answer = await gateway.Client.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
