using Microsoft.Extensions.DependencyInjection;

namespace Postern.Configuration;

internal static class ConfigurationRegistration
{
    /// <summary>The configuration that runs; it is read again when its files change.</summary>
    public static IServiceCollection AddConfiguration(this IServiceCollection services, LoadedConfiguration loaded)
    {
        services.AddSingleton(loaded);
        services.AddSingleton(new LiveConfiguration(loaded.Configuration));
        if (loaded.Files.Count > 0)
        {
            services.AddHostedService<ConfigurationWatcher>();
        }

        return services;
    }
}
