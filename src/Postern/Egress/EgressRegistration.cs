using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace Postern.Egress;

internal static class EgressRegistration
{
    public static IServiceCollection AddEgress(this IServiceCollection services)
    {
        services.AddSingleton<ResolveAddresses>(Dns.GetHostAddressesAsync);
        services.AddSingleton<EgressClient>();
        return services;
    }
}
