using Microsoft.Extensions.DependencyInjection;
using Postern.Leading;

namespace Postern.Listener;

internal static class ListenerRegistration
{
    internal static IServiceCollection AddListener(this IServiceCollection services) => services.AddLeaderService<ListenerService>();
}
