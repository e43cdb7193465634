using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Postern.Configuration;
using Postern.Faults;
using Postern.Gateway;
using Postern.Monitoring;
using Postern.Ports;

namespace Postern.Hosting;

/// <summary>Builds and starts a node: every role in this process, on two ports.</summary>
public static class PosternHost
{
    /// <summary>Opens the store, builds the node and starts it; the caller disposes it.</summary>
    /// <exception cref="StoreRefusedException">The store cannot be opened as configured.</exception>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<PosternNode> StartAsync(PosternSetup setup, CancellationToken cancellation)
    {
        var configuration = setup.Loaded.Configuration;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Postern" });

        // While this category logs at all, ASP.NET Core makes an activity and a log scope for each request, which nobody reads.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        setup.Logging(builder.Logging);
        builder.Services.AddPostern(setup.Loaded);
        builder.Services.AddSingleton<IConfigureOptions<HostOptions>, ShutdownTime>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Listen(kestrel, configuration));

        IStore? store = null;
        IHub? hub = null;
        builder.Services.AddSingleton(_ => store!).AddSingleton(_ => hub!);
        var app = builder.Build();
        try
        {
            store = await setup.OpenStore(configuration, app.Services.GetRequiredService<ILoggerFactory>(), cancellation);
            hub = await setup.OpenHub(HubSetupOf(configuration.Hub, store, app.Services), cancellation);
            app.MapPostern();
            CrashPoint.Reach(CrashPoints.StartBeforePorts);
            var logger = app.Services.GetRequiredService<ILogger<PosternNode>>();
            CertificateNews.Announce(app.Services.GetRequiredService<LiveConfiguration>(), app.Services.GetRequiredService<TimeProvider>(), logger);
            await app.StartAsync(cancellation);
            CrashPoint.Reach(CrashPoints.StartAfterPorts);
            HostingLog.Started(logger, configuration.Gateway.Listen, configuration.Admin.Listen, configuration.Apis.Keys);
            return new PosternNode(app, store, hub, logger);
        }
        catch
        {
            await app.DisposeAsync();
            if (hub is not null)
            {
                await hub.DisposeAsync();
            }

            if (store is not null)
            {
                await store.DisposeAsync();
            }

            throw;
        }
    }

    private static HubSetup HubSetupOf(HubConfiguration hub, IStore store, IServiceProvider services) => new()
    {
        Hub = hub,
        Store = store,
        Meter = services.GetRequiredService<PosternMeter>(),
        Time = services.GetRequiredService<TimeProvider>(),
        Loggers = services.GetRequiredService<ILoggerFactory>(),
    };

    private static void Listen(KestrelServerOptions kestrel, PosternConfiguration configuration)
    {
        kestrel.ConfigureGatewayKestrel(configuration.Gateway);
        var live = kestrel.ApplicationServices.GetRequiredService<LiveConfiguration>();
        var clock = kestrel.ApplicationServices.GetRequiredService<TimeProvider>();
        var logger = kestrel.ApplicationServices.GetRequiredService<ILogger<PosternNode>>();
        Bind(kestrel, configuration.Gateway.Listen, PortKind.Gateway, new PortCertificates("gateway", () => PortTls.OfGateway(live.Current), clock, logger));
        Bind(kestrel, configuration.Admin.Listen, PortKind.Admin, new PortCertificates("admin", () => PortTls.OfAdmin(live.Current), clock, logger));
    }

    private static void Bind(KestrelServerOptions kestrel, string address, PortKind kind, PortCertificates certificates)
    {
        var uri = new Uri(address);
        if (IPAddress.TryParse(uri.DnsSafeHost, out var ip))
        {
            kestrel.Listen(ip, uri.Port, Speak);
        }
        else
        {
            kestrel.ListenLocalhost(uri.Port, Speak);
        }

        void Speak(ListenOptions listen)
        {
            listen.Use(next => connection =>
            {
                connection.Features.Set(kind);
                return next(connection);
            });

            if (kind == PortKind.Gateway)
            {
                listen.BoundConnections(plain: uri.Scheme == Uri.UriSchemeHttp);
            }

            // HTTP/2 is agreed on within TLS (RFC 9113 §3.2); without it there is nothing to tell the versions apart by.
            listen.Protocols = HttpProtocols.Http1;
            if (uri.Scheme == Uri.UriSchemeHttps)
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(certificates.Handshake());
            }
        }
    }
}
