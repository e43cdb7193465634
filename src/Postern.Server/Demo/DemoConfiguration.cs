using Postern.Configuration;
using Postern.Model.Retries;
using Postern.Samples.Shop;

namespace Postern.Server.Demo;

/// <summary>What <c>postern.yaml</c> would say for the demo.</summary>
internal static class DemoConfiguration
{
    /// <summary>Seconds where the default waits minutes and hours, so that a retry can be watched.</summary>
    public static IReadOnlyList<TimeSpan> Schedule { get; } =
        [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)];

    public static PosternConfiguration Create(DemoPlaces places, string dataDirectory) => new()
    {
        Gateway = new GatewayConfiguration { Listen = places.Gateway },
        Admin = new AdminConfiguration { Listen = places.Admin },
        Store = "sqlite:" + Path.Combine(dataDirectory, "postern.db"),
        Egress = new EgressConfiguration { Allow = ["127.0.0.0/8"] },
        Callbacks = new CallbacksConfiguration { Retry = new RetrySettings { Schedule = Schedule, Jitter = 0, GiveUpAfter = TimeSpan.FromMinutes(5) } },
        Apis = new Dictionary<string, ApiConfiguration>
        {
            ["shop"] = new()
            {
                Upstream = [places.Shop],
                Resources = ShopApi.Collections.ToDictionary(name => "/" + name, _ => new ResourceConfiguration()),
            },
        },
    };
}
