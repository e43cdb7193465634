using Microsoft.Extensions.DependencyInjection;
using Postern.Egress;

namespace Postern.Subscriptions;

internal static class SubscriptionsRegistration
{
    /// <summary>The subscriptions role: its calls, and the check that the store's secrets can be read.</summary>
    public static IServiceCollection AddSubscriptions(this IServiceCollection services) => services
        .AddSecretProtector()
        .AddSingleton<SubscriptionQuota>()
        .AddSingleton<SubscriptionOperations>()
        .AddHostedService<SecretKeyCheck>();
}
