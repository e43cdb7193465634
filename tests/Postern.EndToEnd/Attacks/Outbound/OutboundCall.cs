using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Outbound;

/// <summary>A way to make the gateway call an address that somebody else has chosen. A new one is one more line in <see cref="All"/>.</summary>
/// <param name="Name">What it is called in a failure.</param>
/// <param name="Start">Brings the subscription's URL to be called.</param>
internal sealed record OutboundCall(string Name, Func<RunningGateway, Subscribed, Task> Start)
{
    public static IReadOnlyList<OutboundCall> All { get; } =
    [
        new("callback", static async (gateway, subscribed) =>
        {
            using var answer = await gateway.Client.PublishAsync(subscribed.Resource, Guid.NewGuid().ToString("N"), "orders.created", "{}");
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }),
        new("test", static async (gateway, subscribed) => await gateway.Client.CallAsync(HttpMethod.Post, subscribed.Path + "/test", HttpStatusCode.Accepted)),
    ];
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
    ];

    private static async Task<HttpStatusCode> SendAsync(RunningGateway gateway, HttpMethod method, string path, string url)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(new JsonObject { ["callback"] = url }) };
        using var answer = await gateway.Client.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
