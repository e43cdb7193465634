using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Postern.Leading;

internal static class LeadingRegistration
{
    /// <summary>
    /// Runs a service on the node that leads and on no other. They start one after the other in the order in which they are added, where the
    /// first of them stands among the hosted services; they stop in reverse.
    /// </summary>
    public static IServiceCollection AddLeaderService<T>(this IServiceCollection services)
        where T : BackgroundService
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LeaderServices>());
        return services.AddSingleton<T>().AddSingleton(new LeaderService(typeof(T)));
    }
}
