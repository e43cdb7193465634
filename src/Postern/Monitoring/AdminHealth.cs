using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>Alive and ready: what a supervisor and a balancer ask.</summary>
internal sealed class AdminHealth(Readiness readiness, IStore store, IHub hub, LiveConfiguration live, CertificateWatch certificates)
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
            Status = ready ? "ready" : "not ready", Roles = live.Current.Roles.ToDictionary(static role => role, StateOf), Reasons = reasons, Warnings = Warnings(),
        });
    }

    private string StateOf(string role) => role switch
    {
        Role.Listener => StateOf(Duty.Listener),
        Role.Callbacks => StateOf(Duty.Callbacks),
        _ => "serves",
    };

    private string StateOf(Duty duty) => store.Leads(duty) ? "leads" : "stands by";

    // Without its hub it takes events, and keeps what is due: to send callers elsewhere, or nowhere, would help nobody. A node that stands by needs none.
    private IReadOnlyDictionary<string, string> Warnings() => hub.Outage is not { } outage || !(store.Leads(Duty.Callbacks) || store.Leads(Duty.Listener))
        ? certificates.Warnings
        : new SortedDictionary<string, string>(certificates.Warnings.ToDictionary(), StringComparer.Ordinal)
        {
            ["hub"] = string.Create(CultureInfo.InvariantCulture, $"Away since {outage.Since:u}: {outage.Reason} What is due waits in the store."),
        };
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

    [Description("What this process does, and how it does: `serves`; of listener and callbacks, which one process at a time does for all that share the store, `leads` or `stands by`.")]
    public required IReadOnlyDictionary<string, string> Roles { get; init; }

    [Description("What is not ready and why, by part; empty when all is.")]
    public required IReadOnlyDictionary<string, string> Reasons { get; init; }

    [Description("What needs somebody's hand soon: certificates that expire within 14 days, by the key of the configuration and the subject; and `hub`, while the hub is away and callbacks wait.")]
    public required IReadOnlyDictionary<string, string> Warnings { get; init; }
}
