using Microsoft.Extensions.DependencyInjection;
using Postern.Leading;
using Postern.Ports;

namespace Postern.Retention;

internal static class RetentionRegistration
{
    public static IServiceCollection AddRetention(this IServiceCollection services) => services
        .AddSingleton<Expiring>()
        .AddSingleton<Erasing>()
        .AddLeaderService<RetentionService>(Duty.Callbacks);
}
