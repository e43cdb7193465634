using Postern.Configuration.Values;
using Postern.Model.Limits;

namespace Postern.Configuration;

/// <summary>How much the gateway port takes. What is null is not limited.</summary>
public sealed record LimitsConfiguration
{
    /// <summary>All callers together.</summary>
    public LimitConfiguration Global { get; init; } = new() { Concurrency = 10_000 };

    /// <summary>Each address a call comes from; an IPv6 address counts with its /64.</summary>
    public AddressLimitConfiguration Address { get; init; } = new();

    /// <summary>Each consumer; <see cref="ConsumerConfiguration.Limits"/> says what holds for one in place of that.</summary>
    public LimitConfiguration Consumer { get; init; } = new();

    /// <summary>The gateway's own calls.</summary>
    public CallLimitsConfiguration Calls { get; init; } = new();

    /// <summary>Subscriptions of one consumer that have not ended. 0 to 10,000,000.</summary>
    public int? Subscriptions { get; init; }

    /// <summary>Longest target of a request: path and query. 256 B to 32 KiB.</summary>
    public long MaxUrlBytes { get; init; } = 8 * 1024;

    /// <summary>Largest body that is passed on to an API; an API and a resource can say otherwise. 0 B to 1 TiB.</summary>
    public long? MaxBodyBytes { get; init; }
}

/// <summary>How many calls in a time, and how many at once.</summary>
public record LimitConfiguration
{
    /// <summary>Calls per second, minute or hour.</summary>
    public Rate? Rate { get; init; }

    /// <summary>Calls that may come at once before the rate holds; null: as many as come in the rate's time. 1 to 1,000,000.</summary>
    public int? Burst { get; init; }

    /// <summary>Calls under way at the same time. 1 to 1,000,000.</summary>
    public int? Concurrency { get; init; }

    internal TokenRate? Tokens => Rate?.Tokens(Burst);

    internal bool IsNone => Rate is null && Concurrency is null;

    /// <summary>This, and what it does not say as there. A rate of its own has a burst of its own.</summary>
    internal LimitConfiguration Over(LimitConfiguration others) => this is { Rate: null, Burst: null, Concurrency: null }
        ? others
        : new LimitConfiguration
        {
            Rate = Rate ?? others.Rate,
            Burst = Rate is null ? Burst ?? others.Burst : Burst,
            Concurrency = Concurrency ?? others.Concurrency,
        };
}

public sealed record AddressLimitConfiguration : LimitConfiguration
{
    /// <summary>Connections of one peer at the same time; null: half of <see cref="GatewayConfiguration.MaxConnections"/>. 1 to 1,000,000.</summary>
    public int? Connections { get; init; }
}

/// <summary>What holds for the calls to one API or resource, whoever makes them.</summary>
public sealed record RouteLimitConfiguration : LimitConfiguration
{
    /// <summary>Largest body that is passed on. 0 B to 1 TiB.</summary>
    public long? MaxBodyBytes { get; init; }
}

public sealed record ConsumerLimitConfiguration : LimitConfiguration
{
    /// <summary>Its subscriptions that have not ended; null: as for all. 0 to 10,000,000.</summary>
    public int? Subscriptions { get; init; }
}

/// <summary>The gateway's own calls by kind, each over all callers.</summary>
public sealed record CallLimitsConfiguration
{
    public LimitConfiguration Publish { get; init; } = new();

    public LimitConfiguration Subscribe { get; init; } = new();

    /// <summary>Every other call.</summary>
    public LimitConfiguration Others { get; init; } = new();
}
