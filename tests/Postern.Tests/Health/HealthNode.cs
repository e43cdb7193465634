using Postern.Model.Retries;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Hosting;
using Postern.Model.Access;
using Postern.Ports;
using Postern.Storage.Sqlite;
using Postern.Tests.Storage;

namespace Postern.Tests.Health;

/// <summary>
/// A whole node on real ports, with consumers acme and globex and an operator ops, in front of an API that may be there or not.
/// A callback has one attempt, or as many as a test says; failing is told at once.
/// </summary>
internal sealed class HealthNode : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly PosternConfiguration configuration;
    private PosternNode? node;

    private HealthNode(PosternConfiguration configuration)
    {
        this.configuration = configuration;
        Gateway = new HttpClient { BaseAddress = new Uri(configuration.Gateway.Listen) };
        Admin = new HttpClient { BaseAddress = new Uri(configuration.Admin.Listen) };
    }

    public HttpClient Gateway { get; }

    public HttpClient Admin { get; }

    public IStore Store => node!.Services.GetRequiredService<IStore>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<HealthNode> StartAsync(int upstream = 1, Func<CallbacksConfiguration, CallbacksConfiguration>? change = null)
    {
        var callbacks = new CallbacksConfiguration { Retry = new RetrySettings { GiveUpAfter = TimeSpan.Zero }, UnhealthyAfter = TimeSpan.Zero };
        var made = new HealthNode(new PosternConfiguration
        {
            Gateway = new GatewayConfiguration { Listen = $"http://127.0.0.1:{FreePort.Next()}" },
            Admin = new AdminConfiguration { Listen = $"http://127.0.0.1:{FreePort.Next()}" },
            Egress = new EgressConfiguration { Allow = ["127.0.0.0/8"] },
            Secrets = new SecretsConfiguration { Key = Convert.ToBase64String(new byte[32]) },
            Callbacks = change?.Invoke(callbacks) ?? callbacks,
            Apis = new Dictionary<string, ApiConfiguration> { ["api"] = new() { Upstream = [$"http://127.0.0.1:{upstream}"] } },
            Consumers = new Dictionary<string, ConsumerConfiguration>
            {
                ["acme"] = Consumer("acme"), ["globex"] = Consumer("globex"), ["ops"] = Consumer("ops") with { Operator = true },
            },
        });
        await made.RunAsync();
        return made;
    }

    public async Task RestartAsync()
    {
        await node!.DisposeAsync();
        await RunAsync();
    }

    public async Task<Answer> SendAsync(string consumer, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-API-Key", consumer);
        return await ReadAsync(await Gateway.SendAsync(request, Cancellation));
    }

    public Task<Answer> GetAsync(string consumer, string path) => SendAsync(consumer, HttpMethod.Get, path);

    public Task<Answer> PostAsync(string consumer, string path, object? body = null) => SendAsync(consumer, HttpMethod.Post, path, body);

    public async Task<Answer> AdminAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        return await ReadAsync(await Admin.SendAsync(request, Cancellation));
    }

    /// <summary>Subscribes and gives id and secret.</summary>
    public async Task<(string Id, string Secret)> SubscribeAsync(string consumer, string resource, string callback, object? more = null)
    {
        var answer = (await PostAsync(consumer, resource.TrimEnd('/') + "/subscribe", more ?? new { callback })).Expect(201);
        return (answer.Text("id"), answer.Text("secret"));
    }

    /// <summary>Publishes an order and gives the id of its event.</summary>
    public async Task<string> PublishAsync(string consumer = "acme")
    {
        var answer = (await PublishAsync(consumer, "/orders", "orders.created", "42")).Expect(202);
        return answer.Body.GetProperty("events")[0].GetProperty("id").GetString()!;
    }

    public async Task<Answer> PublishAsync(string consumer, string source, string type, string? subject = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events") { Content = JsonContent.Create(new { total = 7 }) };
        request.Headers.Add("X-API-Key", consumer);
        foreach (var (name, value) in new[] { ("specversion", "1.0"), ("id", Guid.NewGuid().ToString()), ("source", source), ("type", type), ("subject", subject) })
        {
            if (value is not null)
            {
                request.Headers.Add("ce-" + name, value);
            }
        }

        return await ReadAsync(await Gateway.SendAsync(request, Cancellation));
    }

    /// <summary>The events of a type so far, oldest first.</summary>
    public async Task<IReadOnlyList<Postern.Model.Event>> EventsAsync(string type) =>
        [.. (await Store.ListEventsAsync(new EventQuery { Type = type, Limit = 500 }, Cancellation)).Reverse()];

    public async ValueTask DisposeAsync()
    {
        Gateway.Dispose();
        Admin.Dispose();
        await node!.DisposeAsync();
        folder.Dispose();
    }

    private static ConsumerConfiguration Consumer(string key) => new() { Scopes = Scopes.Everything, Credentials = [new CredentialConfiguration.ApiKey(key)] };

    private static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var bytes = await response.Content.ReadAsByteArrayAsync(Cancellation);
            var body = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true ? JsonElement.Parse(bytes) : default;
            return new Answer((int)response.StatusCode, body, response.Headers);
        }
    }

    private async Task RunAsync() => node = await PosternHost.StartAsync(
        new PosternSetup
        {
            Loaded = new LoadedConfiguration(configuration, new ConfigurationSource { Environment = new Dictionary<string, string>() }, []),
            OpenStore = async (_, loggers, cancellation) => await SqliteStore.OpenAsync(
                new SqliteOptions { Path = folder.File("postern.db") }, TimeProvider.System, loggers.CreateLogger<SqliteStore>(), cancellation),
        },
        Cancellation);
}

/// <summary>What came back.</summary>
internal sealed record Answer(int Status, JsonElement Body, System.Net.Http.Headers.HttpResponseHeaders Headers)
{
    public string Text(string field) => Body.GetProperty(field).GetString()!;

    public string? TextOrNull(string field) => Body.TryGetProperty(field, out var value) ? value.GetString() : null;

    public Answer Expect(int status)
    {
        Assert.True(Status == status, $"{Status} instead of {status}: {(Body.ValueKind == JsonValueKind.Undefined ? "" : Body.GetRawText())}");
        return this;
    }
}
