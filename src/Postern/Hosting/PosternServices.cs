using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Postern.Callbacks;
using Postern.Configuration;
using Postern.Egress;
using Postern.Gateway;
using Postern.Gateway.Proxy;
using Postern.Gateway.Publish;
using Postern.Listener;
using Postern.Monitoring;
using Postern.Operations;
using Postern.Operations.Idempotency;
using Postern.Ports;
using Postern.Repair;
using Postern.Retention;
using Postern.Subscriptions;

namespace Postern.Hosting;

/// <summary>The only place that knows all roles.</summary>
internal static class PosternServices
{
    /// <summary>
    /// Everything but the store, for the roles of the configuration; with the embedded hub where no other is added. Hosted services start in this order: who may
    /// call, and did last, is known before a port is open, and the hub is rebuilt before the listener feeds it.
    /// </summary>
    public static IServiceCollection AddPostern(this IServiceCollection services, LoadedConfiguration loaded)
    {
        var configuration = loaded.Configuration;
        services
            .AddSingleton(TimeProvider.System)
            .AddConfiguration(loaded)
            .AddMonitoring()
            .AddHostedService<StoredConsumerFeed>()
            .AddHostedService<CredentialUseLog>()
            .AddEgress()
            .AddSecretProtector()
            .AddHostedService<SecretResealing>()
            .AddHostedService<SecretKeyCheck>()
            .AddSingleton<IHub, EmbeddedHub>();
        if (configuration.Does(Role.Callbacks))
        {
            services.AddProving().AddCallbacks().AddRepair().AddRetention();
        }

        if (configuration.Does(Role.Listener))
        {
            services.AddListener(apart: !configuration.Does(Role.Callbacks));
        }

        if (configuration.HasGatewayPort())
        {
            services.AddIdempotency().AddSubscriptions().AddGateway().AddPublish().AddSingleton(OperationsOf);
        }

        return services;
    }

    /// <summary>Each connection belongs to one port, and each port has its own pipeline.</summary>
    public static void MapPostern(this IApplicationBuilder app, PosternConfiguration configuration)
    {
        app.MapWhen(static context => context.Features.Get<PortKind>() == PortKind.Admin, static admin => admin.UseAdmin());
        if (configuration.HasGatewayPort())
        {
            app.UseGateway();
        }
    }

    private static GatewayOperations OperationsOf(IServiceProvider provider)
    {
        var configuration = provider.GetRequiredService<LiveConfiguration>().Current;
        var subscriptions = provider.GetRequiredService<SubscriptionOperations>().All;
        return new GatewayOperations(
        [
            .. configuration.Does(Role.Gateway) ? provider.GetRequiredService<PublishOperations>().All : [],
            .. configuration.Does(Role.Subscriptions) ? subscriptions : provider.GetRequiredService<SubscriptionForward>().Of(subscriptions),
        ]);
    }
}
