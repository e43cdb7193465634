using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Postern.Configuration;
using Postern.Ports;

namespace Postern.Egress;

internal static class SecretProtectorRegistration
{
    /// <summary>One protector for all roles. Changed keys are taken while it runs.</summary>
    public static IServiceCollection AddSecretProtector(this IServiceCollection services)
    {
        services.TryAddSingleton(static provider =>
        {
            var live = provider.GetRequiredService<LiveConfiguration>();
            var isNeeded = provider.GetRequiredService<IStore>().Statistics.Subscriptions > 0;
            var protector = new SecretProtector(SecretProtectorKey.Load(live.Current, isNeeded));
            live.Changed += configuration => protector.Use(SecretProtectorKey.Load(configuration, isNeeded: true));
            return protector;
        });
        return services;
    }
}
