using Microsoft.Extensions.DependencyInjection;
using Postern.Leading;
using Postern.Ports;

namespace Postern.Listener;

internal static class ListenerRegistration
{
    /// <summary>Must stand behind the callbacks role where both are: what it publishes somebody takes.</summary>
    /// <param name="apart">The callbacks role is on other nodes.</param>
    internal static IServiceCollection AddListener(this IServiceCollection services, bool apart)
    {
        if (apart)
        {
            services.AddLeaderService<HubKeeper>(Duty.Listener);
        }

        return services.AddLeaderService<ListenerService>(Duty.Listener);
    }
}
