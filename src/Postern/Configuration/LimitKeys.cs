using Postern.Configuration.Reading;
using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>The keys of <c>limits</c>: for all, for one API or resource, for one consumer.</summary>
internal static class LimitKeys
{
    private const int Million = 1_000_000;
    private const long KiB = 1024;
    private const long TiB = KiB * KiB * KiB * KiB;

    // Before the keys that are made of it: static fields are filled in their order.
    private static readonly Shape<Rate> RateShape = new ScalarShape<Rate>(
        "a rate such as 100/s",
        static (text, _) => Rate.Parse(text) ?? Parsed.No<Rate>("is not a rate: write calls and their time, 100/s, 6000/m or 1000/h, up to 1000000 of them."),
        static () => new() { ["type"] = "string", ["pattern"] = Rate.Pattern },
        static value => value.ToString());

    private static readonly Shape<int> Count = Integer(1, Million);
    private static readonly Shape<int> Subscriptions = Integer(0, 10 * Million);
    private static readonly Shape<long> Body = Size(0, TiB);

    /// <summary><c>apis.NAME.limits</c>, and those of its resources.</summary>
    public static Shape<RouteLimitConfiguration> Route { get; } = Shape<RouteLimitConfiguration>(
        "calls of all callers", null,
        new Key<RouteLimitConfiguration, long>(
            "maxBodyBytes",
            "Largest body that is passed on here, in place of limits.maxBodyBytes. 0B to 1024GiB.",
            Body, (to, value) => to with { MaxBodyBytes = value }));

    /// <summary><c>consumers.NAME.limits</c>.</summary>
    public static Shape<ConsumerLimitConfiguration> Consumer { get; } = Shape<ConsumerLimitConfiguration>(
        "its calls, in place of limits.consumer", null,
        new Key<ConsumerLimitConfiguration, int>(
            "subscriptions",
            "Subscriptions it may have, in place of limits.subscriptions. 0 to 10000000.",
            Subscriptions, (to, value) => to with { Subscriptions = value }));

    /// <summary><c>callbacks.hosts</c>.</summary>
    public static Shape<LimitConfiguration> Host { get; } = Shape<LimitConfiguration>("attempts at one host", null);

    /// <summary><c>limits</c>.</summary>
    public static Shape<LimitsConfiguration> All { get; } = new ObjectShape<LimitsConfiguration>(
        () => new(),
        new Key<LimitsConfiguration, LimitConfiguration>(
            "global",
            "All callers together; what is more is answered 503.",
            Shape("calls of all callers", new LimitsConfiguration().Global), (to, value) => to with { Global = value }),
        new Key<LimitsConfiguration, AddressLimitConfiguration>(
            "address",
            "Each address that calls come from, an IPv6 address with its /64.",
            Shape<AddressLimitConfiguration>(
                "calls from one address", null,
                new Key<AddressLimitConfiguration, int>(
                    "connections",
                    "Connections of one peer at the same time, trusted proxies apart; further ones are closed. Half of gateway.maxConnections unless given. 1 to 1000000.",
                    Count, (to, value) => to with { Connections = value })),
            (to, value) => to with { Address = value }),
        new Key<LimitsConfiguration, LimitConfiguration>(
            "consumer",
            "Each consumer; consumers.NAME.limits says what holds for one.",
            Shape<LimitConfiguration>("calls of one consumer", null), (to, value) => to with { Consumer = value }),
        new Key<LimitsConfiguration, CallLimitsConfiguration>(
            "calls",
            "The gateway's own calls by kind, whoever makes them.",
            new ObjectShape<CallLimitsConfiguration>(
                () => new(),
                Call("publish", "POST /events.", (to, value) => to with { Publish = value }),
                Call("subscribe", "POST …/subscribe.", (to, value) => to with { Subscribe = value }),
                Call("others", "Every other call of the gateway's own.", (to, value) => to with { Others = value })),
            (to, value) => to with { Calls = value }),
        new Key<LimitsConfiguration, int>(
            "subscriptions",
            "Subscriptions of one consumer that have not ended. 0 to 10000000; without it there is no limit.",
            Subscriptions, (to, value) => to with { Subscriptions = value }),
        new Key<LimitsConfiguration, long>(
            "maxUrlBytes",
            "Longest path and query of a request. 256B to 32KiB.",
            Size(256, 32 * KiB), (to, value) => to with { MaxUrlBytes = value }, from => from.MaxUrlBytes),
        new Key<LimitsConfiguration, long>(
            "maxBodyBytes",
            "Largest body that is passed on to an API. 0B to 1024GiB; without it there is no limit.",
            Body, (to, value) => to with { MaxBodyBytes = value }));

    private static Key<CallLimitsConfiguration, LimitConfiguration> Call(
        string name, string description, Func<CallLimitsConfiguration, LimitConfiguration, CallLimitsConfiguration> set) =>
        new(name, description, Shape<LimitConfiguration>("calls of all callers", null), set);

    private static ObjectShape<T> Shape<T>(string whose, T? shown, params Key<T>[] more) where T : LimitConfiguration, new() => new(
        () => shown ?? new T(),
        [
            new Key<T, Rate>(
                "rate",
                $"How many {whose}: 100/s, 6000/m or 1000/h. Without it there is no limit.",
                RateShape, (to, value) => (T)(to with { Rate = value })),
            new Key<T, int>(
                "burst",
                "How many of them may come at once before the rate holds; as many as come in its time unless given. 1 to 1000000.",
                Count, (to, value) => (T)(to with { Burst = value })),
            new Key<T, int>(
                "concurrency",
                "How many of them may be under way at the same time. 1 to 1000000.",
                Count, (to, value) => (T)(to with { Concurrency = value }), shown?.Concurrency is null ? null : from => from.Concurrency!.Value),
            .. more,
        ])
    {
        Complete = RequireRate,
    };

    // A consumer's burst may go with the rate that holds for all.
    private static T RequireRate<T>(T limit, string path, Reader reader) where T : LimitConfiguration
    {
        if (limit is { Burst: not null, Rate: null } and not ConsumerLimitConfiguration)
        {
            reader.Report(KeyPath.Key(path, "burst"), "needs a rate: it is what may come at once before the rate holds.");
        }

        return limit;
    }
}
