using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Egress;
using Postern.Gateway;
using Postern.Monitoring;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Tests.Gateway;

/// <summary>The gateway port alone on a real server, in front of whatever listens at an address.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication application;

    private GatewayHost(WebApplication application, FakeStore store, LiveConfiguration live, int port, int http2Port)
    {
        this.application = application;
        Store = store;
        Live = live;
        Port = port;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
            Timeout = TimeSpan.FromSeconds(30),
        };
        Http2 = new Uri($"http://127.0.0.1:{http2Port}");
    }

    public FakeStore Store { get; }

    public LiveConfiguration Live { get; }

    public int Port { get; }

    public Readiness Readiness => application.Services.GetRequiredService<Readiness>();

    public PosternMeter Meter => application.Services.GetRequiredService<PosternMeter>();

    /// <summary>HTTP/1.1.</summary>
    public HttpClient Client { get; }

    /// <summary>The same gateway, HTTP/2 without TLS.</summary>
    public Uri Http2 { get; }

    public static PosternConfiguration Before(string upstream) =>
        new() { Apis = new Dictionary<string, ApiConfiguration> { ["shop"] = new() { Upstream = [upstream] } } };

    public static Task<GatewayHost> StartAsync(int upstreamPort, params Operation[] operations) =>
        StartAsync(Before($"http://127.0.0.1:{upstreamPort}"), operations);

    public static async Task<GatewayHost> StartAsync(PosternConfiguration configuration, params Operation[] operations)
    {
        var (port, http2Port) = (FreePort.Next(), FreePort.Next());
        var (store, live) = (new FakeStore(), new LiveConfiguration(configuration));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrel(options =>
        {
            options.ConfigureGatewayKestrel(configuration.Gateway);
            options.Listen(IPAddress.Loopback, port, static listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.BoundConnections(plain: true);
            });
            options.Listen(IPAddress.Loopback, http2Port, static listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services
            .AddMetrics()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IStore>(store)
            .AddSingleton(live)
            .AddSingleton<PosternMeter>()
            .AddSingleton<CredentialUses>()
            .AddSingleton<Readiness>()
            .AddSingleton(new GatewayOperations(operations))
            .AddEgress()
            .AddGateway();
        var application = builder.Build();
        application.UseGateway();
        await application.StartAsync();
        return new GatewayHost(application, store, live, port, http2Port);
    }

    public static Operation Operation(string method, string path, Func<HttpContext, GatewayCall, string> answer) => new()
    {
        Id = method + path,
        Method = method,
        Path = path,
        Tag = "test",
        Summary = "test",
        Responses = [],
        Handle = context => context.Response.WriteAsync(answer(context, context.GatewayCall())),
    };

    /// <summary>As SIGTERM does; cancelled, it stops at once.</summary>
    public Task StopAsync(CancellationToken cancellation) => application.StopAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await application.DisposeAsync();
    }
}
