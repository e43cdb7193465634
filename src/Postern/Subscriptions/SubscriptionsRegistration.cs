using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Postern.Egress;
using Postern.Leading;
using Postern.Ports;
using Postern.Subscriptions.Proving;

namespace Postern.Subscriptions;

internal static class SubscriptionsRegistration
{
    /// <summary>The calls on subscriptions.</summary>
    public static IServiceCollection AddSubscriptions(this IServiceCollection services) => services
        .AddProofs()
        .AddSingleton<SubscriptionQuota>()
        .AddSingleton<ReadRight>()
        .AddSingleton<SubscriptionTerms>()
        .AddSingleton<SubscriptionOperations>();

    /// <summary>Asks receivers for their consent, beside the callbacks.</summary>
    public static IServiceCollection AddProving(this IServiceCollection services) => services
        .AddProofs()
        .AddSingleton<ProofQuestion>()
        .AddSingleton<ProofStep>()
        .AddLeaderService<ProofService>(Duty.Callbacks);

    private static IServiceCollection AddProofs(this IServiceCollection services)
    {
        services.TryAddSingleton<SharedProofs>();
        return services.AddSecretProtector();
    }
}
