using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Postern.Configuration;
using Postern.Egress.Tunnels;
using Postern.Faults;
using Postern.Gateway;
using Postern.Monitoring;
using Postern.Ports;

namespace Postern.Hosting;

/// <summary>Builds and starts a node: the roles of its configuration, on the ports that they need.</summary>
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
            hub = setup.MakeHub(HubSetupOf(configuration.Hub, store, app.Services));
            app.MapPostern(configuration);
            CrashPoint.Reach(CrashPoints.StartBeforePorts);
            var logger = app.Services.GetRequiredService<ILogger<PosternNode>>();
            CertificateNews.Announce(app.Services.GetRequiredService<LiveConfiguration>(), app.Services.GetRequiredService<TimeProvider>(), logger);
            await app.StartAsync(cancellation);
            CrashPoint.Reach(CrashPoints.StartAfterPorts);
            Announce(configuration, logger);
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

    private static void Announce(PosternConfiguration configuration, ILogger logger)
    {
        if (configuration.HasGatewayPort())
        {
            HostingLog.Started(logger, configuration.Gateway.Listen, configuration.Admin.Listen, configuration.Roles, configuration.Apis.Keys);
        }
        else
        {
            HostingLog.StartedWithoutGateway(logger, configuration.Admin.Listen, configuration.Roles);
        }

        if (configuration.Egress.Listener is { } listener)
        {
            HostingLog.EgressListens(logger, listener.Listen);
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
        if (configuration.HasGatewayPort())
        {
            Bind(kestrel, configuration.Gateway.Listen, PortKind.Gateway, new PortCertificates("gateway", () => PortTls.OfGateway(live.Current), clock, logger));
        }

        Bind(kestrel, configuration.Admin.Listen, PortKind.Admin, new PortCertificates("admin", () => PortTls.OfAdmin(live.Current), clock, logger));
        if (configuration.Egress.Listener is { } listener)
        {
            var tunnels = kestrel.ApplicationServices.GetRequiredService<TunnelPort>();
            var certificates = new PortCertificates("egress", () => PortTls.OfEgress(live.Current), clock, logger);
            Open(kestrel, new Uri(listener.Listen), listen =>
            {
                listen.Use(tunnels.Bounded);
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(certificates.Handshake());
                // Ends the connection's pipeline: no request of it comes to the gateway's.
                listen.Run(tunnels.ServeAsync);
            });
        }
    }

    private static void Open(KestrelServerOptions kestrel, Uri address, Action<ListenOptions> speak)
    {
        if (IPAddress.TryParse(address.DnsSafeHost, out var ip))
        {
            kestrel.Listen(ip, address.Port, speak);
        }
        else
        {
            kestrel.ListenLocalhost(address.Port, speak);
        }
    }

    private static void Bind(KestrelServerOptions kestrel, string address, PortKind kind, PortCertificates certificates)
    {
        var uri = new Uri(address);
        Open(kestrel, uri, Speak);

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
