using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Hosting;
using Postern.Ports;
using Postern.Storage.Sqlite;
using Postern.Tests.Storage;

namespace Postern.Tests.Monitoring.Consumers;

/// <summary>A whole node on real ports, with the consumers of a file or none.</summary>
internal sealed class ConsumersNode : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly PosternConfiguration configuration;
    private PosternNode? node;

    private ConsumersNode(PosternConfiguration configuration)
    {
        this.configuration = configuration;
        Gateway = new HttpClient { BaseAddress = new Uri(configuration.Gateway.Listen) };
        Admin = new HttpClient { BaseAddress = new Uri(configuration.Admin.Listen) };
    }

    public HttpClient Gateway { get; }

    public HttpClient Admin { get; }

    public LiveConfiguration Live => node!.Services.GetRequiredService<LiveConfiguration>();

    public IStore Store => node!.Services.GetRequiredService<IStore>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static Task<ConsumersNode> StartAsync(params string[] ofFile) => StartAsync(new ApiConfiguration { Upstream = ["http://127.0.0.1:1"] }, ofFile);

    public static async Task<ConsumersNode> StartAsync(ApiConfiguration api, params string[] ofFile)
    {
        var made = new ConsumersNode(new PosternConfiguration
        {
            Gateway = new GatewayConfiguration { Listen = $"http://127.0.0.1:{FreePort.Next()}" },
            Admin = new AdminConfiguration { Listen = $"http://127.0.0.1:{FreePort.Next()}" },
            Egress = new EgressConfiguration { Allow = ["127.0.0.0/8"] },
            Secrets = new SecretsConfiguration { Key = Convert.ToBase64String(new byte[32]) },
            Apis = new Dictionary<string, ApiConfiguration> { ["api"] = api },
            Consumers = ofFile.ToDictionary(name => name, name => new ConsumerConfiguration { Credentials = [new CredentialConfiguration.ApiKey(name)] }),
        });
        await made.RunAsync();
        return made;
    }

    public async Task RestartAsync()
    {
        await node!.DisposeAsync();
        await RunAsync();
    }

    /// <summary>Calls the admin port and insists on the status.</summary>
    public async Task<JsonNode?> AdminAsync(string method, string path, int status, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await Admin.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(status == (int)response.StatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>Makes a consumer with one key.</summary>
    public async Task<(string Id, string Key)> MakeAsync(string name, object? more = null)
    {
        await AdminAsync("POST", "/api/consumers", 201, more ?? new { name });
        return await KeyAsync(name);
    }

    public async Task<(string Id, string Key)> KeyAsync(string name)
    {
        var made = await AdminAsync("POST", $"/api/consumers/{name}/credentials", 201, new { type = "api-key" });
        return ((string)made!["id"]!, (string)made["key"]!);
    }

    /// <summary>What a caller with this key is answered; null: without one.</summary>
    public async Task<int> StatusAsync(string? key, string path = "/orders/subscriptions")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null)
        {
            request.Headers.Add("X-API-Key", key);
        }

        using var response = await Gateway.SendAsync(request, Cancellation);
        return (int)response.StatusCode;
    }

    public async Task<int> SubscribeAsync(string key, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders/subscribe") { Content = JsonContent.Create(new { callback = "http://127.0.0.1:1/" }) };
        request.Headers.Add("X-API-Key", key);
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var response = await Gateway.SendAsync(request, Cancellation);
        return (int)response.StatusCode;
    }

    /// <summary>Publishes an event at <c>/orders</c>; gives its sequence.</summary>
    public async Task<long> PublishAsync(string key, string audience)
    {
        var content = JsonContent.Create(new { specversion = "1.0", id = Guid.NewGuid(), source = "/orders", type = "orders.created", audience });
        content.Headers.ContentType = new("application/cloudevents+json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events") { Content = content };
        request.Headers.Add("X-API-Key", key);
        using var response = await Gateway.SendAsync(request, Cancellation);
        Assert.Equal(202, (int)response.StatusCode);
        return Store.Statistics.LastSequence;
    }

    public async ValueTask DisposeAsync()
    {
        Gateway.Dispose();
        Admin.Dispose();
        await node!.DisposeAsync();
        folder.Dispose();
    }

    private async Task RunAsync() => node = await PosternHost.StartAsync(
        new PosternSetup
        {
            Loaded = new LoadedConfiguration(configuration, new ConfigurationSource { Environment = new Dictionary<string, string>() }, []),
            OpenStore = async (_, loggers, cancellation) => await SqliteStore.OpenAsync(
                new SqliteOptions { Path = folder.File("postern.db") }, TimeProvider.System, loggers.CreateLogger("store"), cancellation),
        },
        Cancellation);
}
