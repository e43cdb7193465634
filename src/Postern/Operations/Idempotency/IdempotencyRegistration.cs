using Microsoft.Extensions.DependencyInjection;
using Postern.Egress;

namespace Postern.Operations.Idempotency;

internal static class IdempotencyRegistration
{
    public static IServiceCollection AddIdempotency(this IServiceCollection services) =>
        services.AddSecretProtector().AddSingleton<IdempotentCalls>();
}
