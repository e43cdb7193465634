using System.Globalization;
using System.Net;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Outbound;

/// <summary>The gateway in a network where every address answers, with a name server of its own.</summary>
internal sealed class OutboundHouse : IAsyncDisposable
{
    /// <summary>What the configuration lets be called without TLS, on port 8080.</summary>
    public const string Listed = "198.51.100.7";

    /// <summary>Of the public internet, on port 443.</summary>
    public const string Public = "93.184.215.14";
    public const string Public6 = "2606:2800:21f::1";

    private int started;

    public NetworkNamespace Network { get; private init; } = null!;

    public NameServer Names { get; private init; } = null!;

    public Canary Canary { get; private init; } = null!;

    public RunningGateway Gateway { get; private set; } = null!;

    public static void Require()
    {
        Requires.Root();
        Requires.Tool("unshare", "--version");
        Requires.Tool("nft", "--version");
        Requires.Tool("ip", "-V");
    }

    public static Task<OutboundHouse> StartAsync(ScratchDirectory scratch, string allow, string api = "") =>
        StartAsync(scratch, setup => setup with { EgressAllow = allow, Api = api });

    /// <param name="before">What is made ready before the gateway starts.</param>
    public static async Task<OutboundHouse> StartAsync(ScratchDirectory scratch, Func<GatewaySetup, GatewaySetup> configure, Action<OutboundHouse>? before = null, int resolverSeconds = 1)
    {
        var setup = configure(new GatewaySetup
        {
            Upstream = "http://127.0.0.1:9", Data = scratch.File("data"), EgressAllow = Listed + "/32", Callbacks = "timeout: 5s, retry: { giveUpAfter: 0s }",
        });
        var network = await NetworkNamespace.StartAsync(
            scratch,
            $"ip daddr 127.0.0.1 tcp dport {{ {new Uri(setup.Gateway).Port}, {new Uri(setup.Admin).Port} }}",
            "ip daddr 127.0.1.0/24 tcp dport 53",
            $"ip daddr {Listed} tcp dport 8080",
            $"ip daddr {Public} tcp dport 443",
            $"ip6 daddr {Public6} tcp dport 443");
        var house = new OutboundHouse { Network = network, Names = new NameServer(network), Canary = new Canary(network) };
        before?.Invoke(house);
        var resolver = await scratch.WriteAsync("resolv.conf", house.Names.ResolvConf.Replace("timeout:1", $"timeout:{resolverSeconds}", StringComparison.Ordinal));
        house.Gateway = await RunningGateway.StartAsync(setup, new Launch
        {
            Prefix = [.. network.Prefix, "unshare", "--mount", "sh", "-c", $"mount --bind {resolver} /etc/resolv.conf && exec \"$@\"", "sh"],
            // Whoever obeyed it would call a forbidden address for everything.
            Environment = ((string[])["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]).ToDictionary(static name => name, static _ => "http://10.9.9.9:8080"),
            NewHandler = network.NewHandler,
        });
        return house;
    }

    /// <summary>Has every name stand for what it is to.</summary>
    public IReadOnlyList<OutboundName> SetNames()
    {
        foreach (var name in OutboundName.All)
        {
            Names.Set(name.Host, name.Answer);
        }

        return OutboundName.All;
    }

    public async Task CallAsync(OutboundCall call, Subscribed subscribed)
    {
        await call.Start(Gateway, subscribed);
        Interlocked.Increment(ref started);
    }

    /// <summary>Waits until everything that was started has been given up: nobody here takes a callback.</summary>
    public Task SettledAsync(string what) => Eventually.TrueAsync(
        async () => await CountAsync("postern_callbacks_buried_total") >= started, () => $"{what}: {started} callbacks are given up", seconds: 90);

    /// <summary>The public internet and what is listed were called, and nothing else.</summary>
    public async Task AssertHarmlessAsync()
    {
        (IPAddress, int)[] may = [(IPAddress.Parse(Listed), 8080), (IPAddress.Parse(Public), 443), (IPAddress.Parse(Public6), 443)];
        Assert.All(may, place => Assert.True(Canary.Hits.ContainsKey(place), $"{place} was called"));
        Assert.All(Canary.Hits, hit => Assert.Contains(hit.Key, may));
        Assert.Equal(0, await Network.ForbiddenPacketsAsync());
    }

    /// <summary>A counter of the gateway, over all its labels.</summary>
    public async Task<long> CountAsync(string name) => (await Gateway.AdminTextAsync("/metrics")).Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal)).Sum(static line => long.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Canary.DisposeAsync();
        await Names.DisposeAsync();
        await Network.DisposeAsync();
    }
}
