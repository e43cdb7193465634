using Microsoft.Extensions.DependencyInjection;
using Postern.Egress;
using Postern.Leading;
using Postern.Subscriptions.Proving;

namespace Postern.Subscriptions;

internal static class SubscriptionsRegistration
{
    /// <summary>The subscriptions role: its calls, and the check that the store's secrets can be read.</summary>
    public static IServiceCollection AddSubscriptions(this IServiceCollection services) => services
        .AddSecretProtector()
        .AddSingleton<SubscriptionQuota>()
        .AddSingleton<SharedProofs>()
        .AddSingleton<ReadRight>()
        .AddSingleton<SubscriptionTerms>()
        .AddSingleton<ProofQuestion>()
        .AddSingleton<ProofStep>()
        .AddSingleton<SubscriptionOperations>()
        .AddHostedService<SecretKeyCheck>()
        .AddLeaderService<ProofService>();
}
