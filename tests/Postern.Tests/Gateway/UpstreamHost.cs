using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Postern.Tests.Gateway;

/// <summary>A real server behind the gateway.</summary>
internal sealed class UpstreamHost : IAsyncDisposable
{
    private readonly WebApplication application;

    private UpstreamHost(WebApplication application, int port)
    {
        this.application = application;
        Port = port;
    }

    public int Port { get; }

    public static async Task<UpstreamHost> StartAsync(RequestDelegate handle)
    {
        var port = FreePort.Next();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Listen(IPAddress.Loopback, port, static listen => listen.Protocols = HttpProtocols.Http1);
        });
        var application = builder.Build();
        application.UseWebSockets();
        application.Run(handle);
        await application.StartAsync();
        return new UpstreamHost(application, port);
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();
}
