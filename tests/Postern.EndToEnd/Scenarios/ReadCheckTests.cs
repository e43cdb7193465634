using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

/// <summary>The API has the word on who is told of its records (<c>readCheck</c>).</summary>
public sealed class ReadCheckTests
{
    [Fact]
    public async Task Who_may_not_read_cannot_subscribe_and_who_may_not_any_more_is_told_nothing()
    {
        using var scratch = new ScratchDirectory();
        await using var receiver = await TestReceiver.StartAsync();
        await using var api = await ReadableApi.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(new GatewaySetup
        {
            Upstream = api.Url, Data = scratch.File("data"), Api = "readCheck: { cache: 5s }",
            More = $"consumers:\n{string.Join('\n', ((string[])["acme", "globex"]).Select(static name => $"  {name}: {{ scopes: [subscribe, publish], credentials: [ {{ type: basic, username: {name}, password: {PasswordOf(name)} }} ] }}"))}",
        });
        using var acme = GatewayClient.WithBasic(gateway.Url, "acme", PasswordOf("acme"));
        using var globex = GatewayClient.WithBasic(gateway.Url, "globex", PasswordOf("globex"));
        api.Readers["acme"] = true;

        await globex.CallAsync(HttpMethod.Post, "/orders/subscribe", HttpStatusCode.Forbidden, new JsonObject { ["callback"] = receiver.Url + "/globex" });
        var subscribed = await acme.SubscribeAsync("/orders", receiver.Url + "/acme");
        receiver.Trust("/acme", subscribed.Secret);
        await PublishAsync("first");
        await Eventually.TrueAsync(() => receiver.At("/acme").Any(static call => call.EventId == "first"), "who may read is told");

        // An answer counts for a few seconds, then the API is asked again.
        api.Readers.Clear();
        var published = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                await PublishAsync($"later-{published++}");
                return (await OutcomesAsync()).Contains("withheld");
            },
            () => "an event that is withheld");
        await PublishAsync("last");
        await Eventually.TrueAsync(async () => (await OutcomesAsync()).Count >= published + 2, () => "every event has an attempt");

        Assert.DoesNotContain(receiver.At("/acme"), static call => call.EventId == "last");
        Assert.All(receiver.Calls, static call => Assert.Equal("/acme", call.Path));

        async Task PublishAsync(string id)
        {
            using var answer = await acme.PublishAsync("/orders", id, "orders.created", "{}");
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }

        async Task<List<string>> OutcomesAsync() =>
            [.. (await gateway.AdminAsync("/api/attempts?limit=500"))["items"]!.AsArray().Select(static attempt => (string)attempt!["outcome"]!)];
    }

    private static string PasswordOf(string name) => $"{name}-{name}-{name}-{name}-{name}";

    /// <summary>An API that looks at who reads, as the gateway tells it.</summary>
    private sealed class ReadableApi : IAsyncDisposable
    {
        private readonly WebApplication application;

        private ReadableApi(WebApplication application, string url) => (this.application, Url) = (application, url);

        public string Url { get; }

        public ConcurrentDictionary<string, bool> Readers { get; } = new();

        public static async Task<ReadableApi> StartAsync()
        {
            var url = $"http://127.0.0.1:{FreePort.Next()}";
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls(url);
            var api = new ReadableApi(builder.Build(), url);
            api.application.Run(context =>
            {
                context.Response.StatusCode = api.Readers.ContainsKey(context.Request.Headers["X-Consumer-Name"].ToString()) ? 200 : 403;
                return Task.CompletedTask;
            });
            await api.application.StartAsync();
            return api;
        }

        public ValueTask DisposeAsync() => application.DisposeAsync();
    }
}
