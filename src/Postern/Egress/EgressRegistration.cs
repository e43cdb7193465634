using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Postern.Egress.Delivery;
using Postern.Egress.Reading;
using Postern.Egress.Tunnels;

namespace Postern.Egress;

internal static class EgressRegistration
{
    public static IServiceCollection AddEgress(this IServiceCollection services)
    {
        // On threads of its own: the system's resolver holds one for as long as the name servers are silent.
        services.AddSingleton<ResolveAddresses>(static (host, _) => Task.Factory.StartNew(
            static name => Dns.GetHostAddresses((string)name!), host, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        services.AddSingleton<EgressClient>();
        services.AddSingleton<TunnelPort>();
        services.AddSingleton<OAuthClient>();
        services.AddSingleton<ApiReader>();
        services.AddSingleton<ReadCheck>();
        return services;
    }
}
