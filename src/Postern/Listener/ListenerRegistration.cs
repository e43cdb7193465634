using Microsoft.Extensions.DependencyInjection;

namespace Postern.Listener;

internal static class ListenerRegistration
{
    internal static IServiceCollection AddListener(this IServiceCollection services) => services.AddHostedService<ListenerService>();
}
