using Microsoft.Extensions.DependencyInjection;

namespace Postern.Gateway.Publish;

internal static class PublishRegistration
{
    internal static IServiceCollection AddPublish(this IServiceCollection services) => services.AddSingleton<PublishOperations>();
}
