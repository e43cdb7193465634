using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Postern.Configuration;
using Postern.Ports;

namespace Postern.Egress;

internal static class SecretProtectorRegistration
{
    /// <summary>One protector for all roles. The key is taken once: a changed key needs a restart.</summary>
    public static IServiceCollection AddSecretProtector(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new SecretProtector(SecretProtectorKey.Load(
            provider.GetRequiredService<LiveConfiguration>().Current,
            isNeeded: provider.GetRequiredService<IStore>().Statistics.Subscriptions > 0)));
        return services;
    }
}
