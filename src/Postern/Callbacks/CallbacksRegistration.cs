using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Postern.Callbacks.Health;
using Postern.Callbacks.Hosts;
using Postern.Callbacks.Lanes;
using Postern.Callbacks.Sending;
using Postern.Egress;
using Postern.Leading;
using Postern.Monitoring;
using Postern.Ports;

namespace Postern.Callbacks;

internal static class CallbacksRegistration
{
    /// <summary>Needs <see cref="EgressRegistration.AddEgress"/>. Must stand before the listener: its start completes when the hub is rebuilt.</summary>
    public static IServiceCollection AddCallbacks(this IServiceCollection services)
    {
        services.AddSecretProtector();
        services.AddSingleton<SubscriptionDirectory>();
        services.AddSingleton<HostLimits>();
        services.AddSingleton<CallbackSender>();
        services.TryAddSingleton<FailingBoard>();
        services.AddSingleton<SubscriptionHealth>();
        services.AddSingleton<LaneHorizon>();
        services.AddSingleton<LaneRefills>();
        services.AddSingleton<LaneDeferrals>();
        services.AddSingleton<UnderWay>();
        services.AddSingleton<HandedOut>();
        services.AddSingleton<ReadGate>();
        services.AddSingleton<CallbackWork>();
        services.AddSingleton<EndpointLanes>();
        services.AddSingleton<BacklogSurvey>();
        services.AddSingleton<CallbackDispatch>();
        services.AddLeaderService<CallbackService>(Duty.Callbacks);
        return services;
    }
}
