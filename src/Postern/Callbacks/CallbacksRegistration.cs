using Microsoft.Extensions.DependencyInjection;
using Postern.Egress;

namespace Postern.Callbacks;

internal static class CallbacksRegistration
{
    /// <summary>Needs <see cref="EgressRegistration.AddEgress"/>. Must stand before the listener: its start completes when the hub is rebuilt.</summary>
    public static IServiceCollection AddCallbacks(this IServiceCollection services)
    {
        services.AddSecretProtector();
        services.AddSingleton<StoreRetry>();
        services.AddSingleton<SubscriptionDirectory>();
        services.AddSingleton<CallbackSender>();
        services.AddSingleton<LaneRefills>();
        services.AddSingleton<LaneDeferrals>();
        services.AddSingleton<CallbackWork>();
        services.AddSingleton<Lanes>();
        services.AddSingleton<HubRebuild>();
        services.AddSingleton<CallbackDispatch>();
        services.AddHostedService<CallbackService>();
        return services;
    }
}
