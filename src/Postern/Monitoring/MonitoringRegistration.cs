using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Metrics;
using Postern.Configuration;
using Postern.Egress;
using Postern.Monitoring.Consumers;
using Postern.Operations;

namespace Postern.Monitoring;

internal static class MonitoringRegistration
{
    // What the platform measures by itself: requests, connections, memory, collections, threads.
    private static readonly string[] PlatformMeters = ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    public static IServiceCollection AddMonitoring(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton<PosternMeter>();
        services.TryAddSingleton<EndpointBoard>();
        services.TryAddSingleton<FailingBoard>();
        services.TryAddSingleton<StoreSizeBoard>();
        services.TryAddSingleton<SecretKeyBoard>();
        services.TryAddSingleton<CredentialUses>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<CertificateWatch>();
        services.AddHostedService(static provider => provider.GetRequiredService<CertificateWatch>());
        services.AddSingleton<Gauges>();
        services.AddHostedService<MonitoringLifetime>();
        services.AddSingleton<AdminApi>();
        services.AddSingleton<AdminReplay>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<HealthReader>();
        services.AddSingleton<AdminSubscriptions>();
        services.AddSingleton<AdminJobs>();
        services.AddSingleton<AdminErase>();
        services.AddSingleton<AdminSecretKeys>();
        services.AddSingleton<AdminAudit>();
        services.AddSingleton<AdminHub>();
        services.AddSingleton<AdminConsumers>();
        services.AddSingleton<AdminCredentials>();
        services.AddHostedService<ConfigurationAudit>();
        services.AddSingleton<AdminHealth>();
        services.AddSingleton<AdminPipeline>();
        services.AddSingleton(provider => AdminTable.Create(
            provider.GetRequiredService<AdminApi>(), provider.GetRequiredService<AdminReplay>(), provider.GetRequiredService<AdminJobs>(),
            provider.GetRequiredService<AdminErase>(), provider.GetRequiredService<AdminSubscriptions>(), provider.GetRequiredService<AdminHealth>(),
            provider.GetRequiredService<AdminAudit>(), provider.GetRequiredService<AdminHub>(), provider.GetRequiredService<AdminSecretKeys>(),
            provider.GetRequiredService<AdminConsumers>(), provider.GetRequiredService<AdminCredentials>(),
            Metrics(provider), context => WriteOpenApi(context, provider)));
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter([PosternMeter.Name, .. PlatformMeters])
            // A scrape shows the state of its own moment.
            .AddPrometheusExporter(exporter => exporter.ScrapeResponseCacheDurationMilliseconds = 0));
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) =>
        {
            // The SDK listens by name over the whole process: another host in it (tests, an embedding program) has meters of the same names.
            var own = provider.GetRequiredService<IMeterFactory>();
            metrics.AddView(instrument => instrument.Meter.Scope is IMeterFactory factory && factory != own ? MetricStreamConfiguration.Drop : null);
        });
        return services;
    }

    /// <summary>Ends the pipeline of the admin port's connections.</summary>
    public static IApplicationBuilder UseAdmin(this IApplicationBuilder app)
    {
        app.Run(app.ApplicationServices.GetRequiredService<AdminPipeline>().Run);
        return app;
    }

    private static RequestDelegate Metrics(IServiceProvider services) =>
        new ApplicationBuilder(services).UseOpenTelemetryPrometheusScrapingEndpoint(static _ => true).Build();

    private static Task WriteOpenApi(HttpContext context, IServiceProvider services) => context.Response.WriteAsync(200, OpenApiDocument.Create(
        // A node without the gateway role has none.
        services.GetService<GatewayOperations>() ?? new GatewayOperations([]),
        services.GetRequiredService<AdminOperations>(),
        services.GetRequiredService<LiveConfiguration>().Current));
}
