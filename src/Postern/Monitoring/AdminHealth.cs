using System.ComponentModel;
using Microsoft.AspNetCore.Http;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>Alive and ready: what a supervisor and a balancer ask.</summary>
internal sealed class AdminHealth(Readiness readiness, IStore store, CertificateWatch certificates)
{
    public static Task Alive(HttpContext context) => context.Response.WriteAsync(200, new HealthReport { Status = "alive" });

    public Task Ready(HttpContext context)
    {
        var reasons = new SortedDictionary<string, string>(readiness.Reasons.ToDictionary(), StringComparer.Ordinal);
        if (store.Statistics is { Healthy: false } statistics)
        {
            reasons["store"] = statistics.Fault ?? "The last write failed.";
        }

        var ready = reasons.Count == 0;
        return context.Response.WriteAsync(ready ? 200 : 503, new ReadinessReport
        {
            Status = ready ? "ready" : "not ready", Reasons = reasons, Warnings = certificates.Warnings,
        });
    }
}

internal sealed record HealthReport
{
    [Description("`alive`")]
    public required string Status { get; init; }
}

internal sealed record ReadinessReport
{
    [Description("`ready` or `not ready`")]
    public required string Status { get; init; }

    [Description("What is not ready and why, by part; empty when all is.")]
    public required IReadOnlyDictionary<string, string> Reasons { get; init; }

    [Description("What needs somebody's hand soon: certificates that expire within 14 days, by the key of the configuration and the subject.")]
    public required IReadOnlyDictionary<string, string> Warnings { get; init; }
}
