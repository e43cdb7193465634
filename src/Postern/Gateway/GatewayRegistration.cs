using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Postern.Gateway.Capture;
using Postern.Gateway.Dispatch;
using Postern.Gateway.Identity;
using Postern.Gateway.Identity.Jwt;
using Postern.Gateway.Identity.Logins;
using Postern.Gateway.Limits;
using Postern.Gateway.Pipeline;
using Postern.Gateway.Proxy;

namespace Postern.Gateway;

/// <summary>The role that takes calls: its services, and the pipeline of its port.</summary>
internal static class GatewayRegistration
{
    public static IServiceCollection AddGateway(this IServiceCollection services)
    {
        services.AddHttpForwarder();
        return services
            .AddSingleton<Upstreams>()
            .AddSingleton<UpstreamClient>()
            .AddSingleton<DocumentClient>()
            .AddSingleton<FetchDocument>(static provider => provider.GetRequiredService<DocumentClient>().FetchAsync)
            .AddSingleton<IssuerDirectory>()
            .AddHostedService(static provider => provider.GetRequiredService<IssuerDirectory>())
            .AddSingleton<CredentialSchemes>()
            .AddSingleton<GatewaySnapshots>()
            .AddSingleton<GatewayLimits>()
            .AddSingleton<RefusalPace>()
            .AddSingleton<OperationTable>()
            .AddSingleton<Dispatcher>()
            .AddSingleton<CaptureStage>()
            .AddSingleton<Capturing>()
            .AddSingleton<PoolForwarder>()
            .AddSingleton<ApiProxy>()
            .AddSingleton<SubscriptionForward>()
            .AddSingleton<GatewayPipeline>()
            .AddSingleton<Draining>()
            // Behind whatever runs on the node that leads: that goes on meanwhile.
            .AddHostedService<GatewayDrain>();
    }

    /// <summary>Ends the pipeline: every call that comes here is the gateway's. Needs <c>GatewayOperations</c> in the container.</summary>
    public static IApplicationBuilder UseGateway(this IApplicationBuilder application)
    {
        var pipeline = application.ApplicationServices.GetRequiredService<GatewayPipeline>();
        application.Run(pipeline.InvokeAsync);
        return application;
    }
}
