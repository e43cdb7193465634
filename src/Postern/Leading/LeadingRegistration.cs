using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Postern.Ports;

namespace Postern.Leading;

internal static class LeadingRegistration
{
    /// <summary>
    /// Runs a service on the node that leads in a duty and on no other. Where the first of them stands among the hosted services they start one after the
    /// other: the duties in the order of <see cref="Duty"/>, and those of one duty in the order in which they are added. They stop in reverse.
    /// </summary>
    public static IServiceCollection AddLeaderService<T>(this IServiceCollection services, Duty duty)
        where T : BackgroundService
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<StoreRetry>();
        services.TryAddSingleton<HubRebuild>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LeaderServices>());
        return services.AddSingleton<T>().AddSingleton(new LeaderService(duty, typeof(T)));
    }
}
