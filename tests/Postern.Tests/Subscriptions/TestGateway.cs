using System.Diagnostics.Metrics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postern.Configuration;
using Postern.Egress;
using Postern.Egress.Reading;
using Postern.Model;
using Postern.Monitoring;
using Postern.Operations;
using Postern.Operations.Idempotency;
using Postern.Ports;
using Postern.Storage.Sqlite;
using Postern.Subscriptions;
using Postern.Subscriptions.Proving;
using Postern.Tests.Storage;

namespace Postern.Tests.Subscriptions;

/// <summary>The subscription calls on a real port, dispatched as the gateway does; <c>x-consumer</c> says who calls.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    public const string Hook = "https://receiver.example/hook";

    private static readonly string[] Words = ["subscribe", "unsubscribe", "subscriptions", "events"];

    private static readonly string Files = MakeFiles();

    private readonly WebApplication app;
    private readonly TemporaryFolder folder;
    private readonly SqliteStore sqlite;

    private TestGateway(WebApplication app, HttpClient http, TemporaryFolder folder, SqliteStore store)
    {
        this.app = app;
        this.folder = folder;
        sqlite = store;
        Http = http;
        Store = BrokenStore.Around(store, () => Broken);
    }

    public HttpClient Http { get; }

    public IStore Store { get; }

    /// <summary>The store can make nothing durable.</summary>
    public bool Broken { get; set; }

    public string Folder => folder.Path;

    public EmbeddedHub Hub { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public FailingBoard Failing { get; } = new();

    public EndpointBoard Endpoints { get; } = new();

    public SecretProtector Protector { get; } = new(new byte[32]);

    public PosternConfiguration Configuration { get; set; } = new()
    {
        Egress = new EgressConfiguration { Allow = ["127.0.0.0/8"] },
        Apis = new Dictionary<string, ApiConfiguration>
        {
            ["shop"] = new()
            {
                Upstream = ["http://127.0.0.1:5080"],
                Resources = new Dictionary<string, ResourceConfiguration>
                {
                    ["/orders"] = new(),
                    ["/customers"] = new()
                    {
                        Events = new Dictionary<string, IReadOnlyList<string>>
                        {
                            ["customers.created"] = ["POST"], ["customers.changed"] = ["PUT", "PATCH"],
                        },
                        Schemas = new Dictionary<string, string>
                        {
                            ["customers.created"] = Path.Combine(Files, "customer.schema.json"),
                            ["customers.changed"] = Path.Combine(Files, "missing.schema.json"),
                        },
                    },
                },
            },
            ["blog"] = new() { Upstream = ["http://127.0.0.1:5081"], Path = "/blog" },
        },
    };

    public static async Task<TestGateway> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var port = FreePort.Next();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var folder = new TemporaryFolder();
        var store = await SqliteStore.OpenAsync(
            new SqliteOptions { Path = folder.File("postern.db") }, TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken);
        var app = builder.Build();
        var gateway = new TestGateway(app, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") }, folder, store);
        var operations = new SubscriptionOperations(
            gateway.Store, new IdempotentCalls(gateway.Store, gateway.Protector), gateway.Protector,
            new SubscriptionTerms(
                new ReadRight(new ReadCheck(new ApiReader(), new LiveConfiguration(new PosternConfiguration()), gateway.Time, new PosternMeter(app.Services.GetRequiredService<IMeterFactory>()))),
                new SubscriptionQuota(gateway.Store, new PosternMeter(app.Services.GetRequiredService<IMeterFactory>())), new SharedProofs(gateway.Store, gateway.Time)),
            new HealthReader(gateway.Store, gateway.Failing, gateway.Endpoints, gateway.Time), gateway.Time, app.Services.GetRequiredService<ILogger<SubscriptionOperations>>()).All;
        app.Run(context => gateway.DispatchAsync(context, operations));
        await app.StartAsync();
        return gateway;
    }

    public Task<Answer> PostAsync(string path, object? body = null, string? consumer = "acme", string? key = null) =>
        SendAsync(HttpMethod.Post, path, body, consumer, key);

    public Task<Answer> GetAsync(string path, string? consumer = "acme") => SendAsync(HttpMethod.Get, path, null, consumer);

    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body = null, string? consumer = "acme", string? key = null)
    {
        using var content = body switch
        {
            null => null,
            HttpContent given => given,
            string text => new StringContent(text, new MediaTypeHeaderValue("application/json")),
            _ => JsonContent.Create(body),
        };
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (consumer is not null)
        {
            request.Headers.Add("x-consumer", consumer);
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return new Answer((int)response.StatusCode, bytes.Length == 0 ? default : JsonElement.Parse(bytes), response.Headers, response.Content.Headers);
    }

    /// <summary>Subscribes and gives the id.</summary>
    public async Task<string> SubscribeAsync(string path = "/orders", string callback = Hook, string consumer = "acme")
    {
        var answer = await PostAsync(path + "/subscribe", new { callback }, consumer);
        Assert.Equal(201, answer.Status);
        return answer.Text("id");
    }

    public async Task<Subscription> ReadAsync(string id) =>
        await Store.FindSubscriptionAsync(id, TestContext.Current.CancellationToken) ?? throw new InvalidOperationException(id);

    /// <summary>All of a subscription as text, to see whether anything of it has changed.</summary>
    public async Task<string> SnapshotAsync(string id) => JsonSerializer.Serialize(await ReadAsync(id));

    public async Task<IReadOnlyList<Event>> EventsAsync() => await Store.ListEventsAsync(new EventQuery(), TestContext.Current.CancellationToken);

    /// <summary>Stages an event and owes it to a subscription so many times, as the listener does.</summary>
    public async Task<IReadOnlyList<DueCallback>> OweAsync(string id, int count = 1)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var number = (await ReadAsync(id)).Number;
        var content = new EventContent { Source = "/orders", Subject = "1", Type = "orders.created", Time = Time.GetUtcNow(), Data = default };
        var staged = (await Store.StageAsync([content], cancellation))[0];
        var matches = Enumerable.Repeat(new Match(staged.Sequence, number), count).ToList();
        return await Store.CommitMatchesAsync(staged.Sequence - 1, staged.Sequence, matches, cancellation);
    }

    public Task SetStateAsync(string id, SubscriptionState state, string? reason) => Store.ChangeSubscriptionAsync(
        id, subscription => subscription with { State = state, Reason = reason }, TestContext.Current.CancellationToken).AsTask();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
        await Hub.DisposeAsync();
        await sqlite.DisposeAsync();
        folder.Dispose();
    }

    private static string MakeFiles()
    {
        var directory = Directory.CreateTempSubdirectory("postern-subscriptions").FullName;
        File.WriteAllText(Path.Combine(directory, "customer.schema.json"), """{"type":"object","required":["id"]}""");
        return directory;
    }

    private async Task DispatchAsync(HttpContext context, IReadOnlyList<Operation> operations)
    {
        OwnAnswer.Protect(context.Response.Headers);
        try
        {
            var segments = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
            var word = Array.FindIndex(segments, Words.Contains);
            var hasKey = word == 2 && segments[1].All(char.IsAsciiDigit);
            var id = word + 1 < segments.Length ? segments[word + 1] : null;
            var job = segments.Length > word + 3 && segments[word + 2] == "jobs" ? segments[word + 3] : null;
            string[] rest = job is null ? segments[Math.Min(word + 2, segments.Length)..] : ["jobs", "{job}"];
            var template = string.Join('/', ["/{resource}", segments[word], .. id is null ? [] : new[] { "{id}" }, .. rest]);
            context.Features.Set(new GatewayCall
            {
                Configuration = Configuration,
                Challenges = ["Basic realm=\"postern\""],
                Consumer = context.Request.Headers.TryGetValue("x-consumer", out var name) ? new Consumer(name.ToString()) : null,
                Api = segments[0] == "blog" ? "blog" : "shop",
                Resource = "/" + string.Join('/', segments[..(hasKey ? 1 : word)]),
                Key = hasKey ? segments[1] : null,
                Id = id,
                Job = job,
            });
            await operations.Single(operation => operation.Method == context.Request.Method && operation.Path == template).Handle(context);
        }
        catch (ProblemException problem)
        {
            await context.Response.WriteAsync(problem);
        }
        catch (StoreUnavailableException fault)
        {
            await context.Response.WriteAsync(Problems.Unavailable(fault.Message));
        }
    }
}

/// <summary>What came back.</summary>
internal sealed record Answer(int Status, JsonElement Body, HttpResponseHeaders Headers, HttpContentHeaders Content)
{
    public string Text(string field) => Body.GetProperty(field).GetString()!;

    public bool Has(string field) => Body.TryGetProperty(field, out _);

    /// <summary>Names of the fields that a 422 complains about.</summary>
    public IEnumerable<string> Errors => Body.GetProperty("errors").EnumerateObject().Select(error => error.Name);

    public Answer Expect(int status)
    {
        Assert.True(Status == status, $"{Status} instead of {status}: {(Body.ValueKind == JsonValueKind.Undefined ? "" : Body.GetRawText())}");
        return this;
    }
}
