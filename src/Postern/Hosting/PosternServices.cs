using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Postern.Callbacks;
using Postern.Configuration;
using Postern.Egress;
using Postern.Gateway;
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
    /// <summary>Everything but the store, with the embedded hub where no other is added. Hosted services start in this order: who may call, and did last, is known before a port is open, the hub is rebuilt before the listener feeds it.</summary>
    public static IServiceCollection AddPostern(this IServiceCollection services, LoadedConfiguration loaded) => services
        .AddSingleton(TimeProvider.System)
        .AddConfiguration(loaded)
        .AddMonitoring()
        .AddHostedService<StoredConsumerFeed>()
        .AddHostedService<CredentialUseLog>()
        .AddEgress()
        .AddSecretProtector()
        .AddHostedService<SecretResealing>()
        .AddSingleton<IHub, EmbeddedHub>()
        .AddIdempotency()
        .AddSubscriptions()
        .AddCallbacks()
        .AddRepair()
        .AddListener()
        .AddRetention()
        .AddGateway()
        .AddPublish()
        .AddSingleton(static provider => new GatewayOperations(
        [
            .. provider.GetRequiredService<PublishOperations>().All,
            .. provider.GetRequiredService<SubscriptionOperations>().All,
        ]));

    /// <summary>Each connection belongs to one port, and each port has its own pipeline.</summary>
    public static void MapPostern(this IApplicationBuilder app)
    {
        app.MapWhen(static context => context.Features.Get<PortKind>() == PortKind.Admin, static admin => admin.UseAdmin());
        app.UseGateway();
    }
}
