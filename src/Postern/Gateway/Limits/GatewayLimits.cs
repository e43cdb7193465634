using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Postern.Model.Limits;
using Postern.Monitoring;
using Postern.Operations;

namespace Postern.Gateway.Limits;

/// <summary>What callers, routes and the whole gateway have used of their limits. It outlives every configuration.</summary>
internal sealed class GatewayLimits(TimeProvider time, PosternMeter meter)
{
    /// <summary>Addresses that are told apart at the same time: some megabytes. Those beyond share one limit.</summary>
    public const int MostAddresses = 65_536;

    // As many as anybody configures: their number is the operator's.
    private const int MostNames = 1_000_000;

    private readonly long origin = time.GetTimestamp();

    public LimitStates<UInt128> Addresses { get; } = new(MostAddresses);

    public LimitStates<string> Consumers { get; } = new(MostNames);

    /// <summary>APIs, resources and own calls by name, and the gateway itself by none.</summary>
    public LimitStates<string> Routes { get; } = new(MostNames);

    public LimitStates<UInt128> Connections { get; } = new(MostAddresses);

    public Counter<long> Refused => meter.LimitsRefused;

    /// <summary>Monotonic.</summary>
    public TimeSpan Now => time.GetElapsedTime(origin);

    /// <summary>Begins to count a call; disposed when it has ended.</summary>
    public CallLimits Begin(HttpContext context, GatewayCall call) => new(this, context, call);
}
