using System.Net;
using System.Text.Json;

namespace Postern.Load;

/// <summary>The native twins that answer requests: bare Kestrel and bare YARP.</summary>
internal static class Servers
{
    public static WebApplication Bare(int port, Action<IServiceCollection>? services = null) => Bare([port], services);

    public static WebApplication Bare(IReadOnlyList<int> ports, Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            foreach (var port in ports)
            {
                kestrel.Listen(IPAddress.Loopback, port);
            }
        });
        builder.Services.AddRoutingCore();
        services?.Invoke(builder.Services);
        return builder.Build();
    }

    /// <summary>Reads a body, parses it as JSON, answers 202: what the least ingest would cost.</summary>
    public static async Task<WebApplication> StartIngestAsync(int port)
    {
        var app = Bare(port);
        app.Run(static async context =>
        {
            var read = await context.Request.BodyReader.ReadAtLeastAsync((int)context.Request.ContentLength!.Value);
            using (JsonDocument.Parse(read.Buffer))
            {
            }

            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            context.Response.StatusCode = 202;
            context.Response.ContentLength = 0;
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>An API: answers every request with a fixed body of 1 KiB.</summary>
    public static async Task<WebApplication> StartApiAsync(int port)
    {
        var body = Requests.Body(1024);
        var app = Bare(port);
        app.Run(async context =>
        {
            await context.Request.BodyReader.CopyToAsync(Stream.Null);
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body);
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>YARP as it comes, in front of an API.</summary>
    public static async Task<WebApplication> StartYarpAsync(int port, int upstream)
    {
        var app = Bare(port, services => services.AddReverseProxy().LoadFromMemory(
            [new() { RouteId = "all", ClusterId = "api", Match = new() { Path = "/{**path}" } }],
            [new() { ClusterId = "api", Destinations = new Dictionary<string, Yarp.ReverseProxy.Configuration.DestinationConfig> { ["0"] = new() { Address = $"http://127.0.0.1:{upstream}" } } }]));
        app.UseRouting();
        app.MapReverseProxy();
        await app.StartAsync();
        return app;
    }
}
