using Microsoft.Extensions.DependencyInjection;

namespace Postern.Retention;

internal static class RetentionRegistration
{
    public static IServiceCollection AddRetention(this IServiceCollection services) => services
        .AddSingleton<Expiring>()
        .AddSingleton<Erasing>()
        .AddHostedService<RetentionService>();
}
