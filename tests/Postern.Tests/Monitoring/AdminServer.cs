using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Model;
using Postern.Monitoring;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Tests.Monitoring;

/// <summary>The admin port on a real Kestrel over a store of lists.</summary>
internal sealed class AdminServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private AdminServer(WebApplication app, FakeStore store, LiveConfiguration configuration, string address)
    {
        this.app = app;
        Store = store;
        Configuration = configuration;
        Client = new HttpClient { BaseAddress = new Uri(address) };
    }

    public FakeStore Store { get; }

    public LiveConfiguration Configuration { get; }

    public HttpClient Client { get; }

    public T Service<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public static async Task<AdminServer> StartAsync(PosternConfiguration? configuration = null, Action<IServiceCollection>? also = null)
    {
        var address = $"http://127.0.0.1:{FreePort.Next()}";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        var store = new FakeStore();
        var live = new LiveConfiguration(configuration ?? new PosternConfiguration());
        builder.Services.AddSingleton<IStore>(store).AddSingleton<IHub, EmbeddedHub>().AddSingleton(live)
            .AddSingleton(new GatewayOperations([])).AddMonitoring();
        also?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseAdmin();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new AdminServer(app, store, live, address);
    }

    public async Task<JsonNode> GetAsync(string path, int status = 200)
    {
        using var response = await Client.GetAsync(path, TestContext.Current.CancellationToken);
        return await ReadAsync(response, status);
    }

    public async Task<JsonNode> PostAsync(string path, int status, string? body = null)
    {
        using var content = body is null ? null : new StringContent(body, new MediaTypeHeaderValue("application/json"));
        using var response = await Client.PostAsync(path, content, TestContext.Current.CancellationToken);
        return await ReadAsync(response, status);
    }

    public Task<HttpResponseMessage> SendAsync(string path, string? host = null, string? origin = null, string? token = null, string method = "GET")
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Host = host;
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The next batch the hub was given.</summary>
    public async Task<IReadOnlyList<DueCallback>> PublishedAsync()
    {
        await foreach (var batch in Service<IHub>().ConsumeAsync(TestContext.Current.CancellationToken))
        {
            return batch.Callbacks;
        }

        throw new InvalidOperationException("The hub was closed.");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
        var media = response.Content.Headers.ContentType?.MediaType;
        Assert.Equal(status >= 400 && response.RequestMessage!.RequestUri!.AbsolutePath != "/readyz" ? "application/problem+json" : "application/json", media);
        return JsonNode.Parse(text)!;
    }
}
