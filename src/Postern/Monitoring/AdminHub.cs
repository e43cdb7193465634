using System.ComponentModel;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>Tells how the hub does.</summary>
internal sealed class AdminHub(IHub hub, LiveConfiguration live)
{
    public Task Read(HttpContext context) => context.Response.WriteAsync(200, HubReport.Of(hub, live.Current.Hub));
}

[Description("What hands due callbacks to the workers. While it is away they wait in the store, and are published when it is back.")]
internal sealed record HubReport
{
    [Description("`embedded`, or the addresses of the broker with passwords masked.")]
    public required IReadOnlyList<string> Url { get; init; }

    [Description("Whether it takes and hands out callbacks.")]
    public required bool Available { get; init; }

    [Description("Since when it is away; missing while it is available.")]
    public DateTimeOffset? Since { get; init; }

    [Description("Why it is away; missing while it is available.")]
    public string? Reason { get; init; }

    public static HubReport Of(IHub hub, HubConfiguration configuration)
    {
        var outage = hub.Outage;
        return new HubReport
        {
            Url = [.. configuration.Url.Select(Mask.Password)], Available = outage is null, Since = outage?.Since, Reason = outage?.Reason,
        };
    }
}
