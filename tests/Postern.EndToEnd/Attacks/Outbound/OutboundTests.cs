using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Outbound;

/// <summary>
/// The gateway in a network where every address answers: whatever it can be talked into, it calls the public internet and what its
/// configuration lists, and nothing else.
/// </summary>
public sealed class OutboundTests
{
    private const string Listed = "198.51.100.7";
    private const string Public = "93.184.215.14";
    private const string Public6 = "2606:2800:21f::1";

    private static readonly ParallelOptions Together = new() { MaxDegreeOfParallelism = 16 };

    [Fact]
    public async Task No_packet_reaches_a_forbidden_address_whatever_URL_or_name_the_gateway_is_given()
    {
        House.Require();
        var cases = UrlSpellings.All.Count * UrlField.All.Count + Names().Count() * OutboundCall.All.Count;
        Assert.True(cases >= 5_000, $"{cases} cases");
        using var scratch = new ScratchDirectory();
        await using var house = await House.StartAsync(scratch, Listed + "/32");
        var gateway = house.Gateway;

        // Told plainly, a forbidden address is refused when it is told.
        var plain = await gateway.Client.SubscribeAsync("/plain", OutboundCall.Listed);
        var taken = new ConcurrentQueue<string>();
        foreach (var field in UrlField.All)
        {
            await Parallel.ForEachAsync(UrlSpellings.All, Together, async (url, _) =>
            {
                if (await field.Tell(gateway, plain, url) is not HttpStatusCode.UnprocessableEntity and var status)
                {
                    taken.Enqueue($"{field.Name} {url}: {(int)status}");
                }
            });
        }

        Assert.True(taken.IsEmpty, string.Join('\n', taken.Take(20)));

        // A name may stand for anything, and for something else the next time.
        var names = Names().ToList();
        names.ForEach(name => house.Names.Set(new Uri(name.Url).Host, name.Answer));
        var named = new ConcurrentBag<(Subscribed Subscribed, OutboundName Name)>();
        foreach (var call in OutboundCall.All)
        {
            named.Clear();
            await Parallel.ForEachAsync(names.Index(), Together, async (entry, _) =>
            {
                var subscribed = await call.Subscribe(gateway, $"/orders/{call.Name.Replace(' ', '-')}-{entry.Index}", entry.Item.Url);
                named.Add((subscribed, entry.Item));
                await house.CallAsync(call, subscribed);
            });
            await house.SettledAsync(call.Name);
        }

        // Those that move are called until the gateway has asked for them again.
        await Eventually.TrueAsync(
            async () =>
            {
                // Once for each family, and that twice.
                var moving = named.Where(entry => entry.Name.Answer.Then is not null && house.Names.Questions(new Uri(entry.Name.Url).Host) < 4).ToArray();
                await Parallel.ForEachAsync(moving, Together, async (entry, _) => await house.CallAsync(OutboundCall.All[^1], entry.Subscribed));
                await house.SettledAsync("those that moved");
                return moving.Length == 0;
            },
            () => "every name that moves was asked for twice", seconds: 90);

        await house.CallAsync(OutboundCall.All[0], plain);
        await house.SettledAsync("the one that is listed");
        // On a busy machine a look-up can fail, and then there is nothing to refuse.
        var forbidden = names.Count(static name => name.IsForbidden) * OutboundCall.All.Count;
        Assert.InRange(await house.CountAsync("postern_egress_refused_total"), forbidden * 3 / 4, int.MaxValue);
        await house.AssertHarmlessAsync();
    }

    [Fact]
    public async Task No_packet_reaches_a_forbidden_address_when_receivers_are_asked_for_their_consent()
    {
        House.Require();
        using var scratch = new ScratchDirectory();
        await using var house = await House.StartAsync(scratch, Listed + "/32", "verify: challenge");
        var names = Names().ToList();
        names.ForEach(name => house.Names.Set(new Uri(name.Url).Host, name.Answer));

        await Parallel.ForEachAsync(names.Index(), Together, async (entry, _) => await house.Gateway.Client.SubscribeAsync($"/orders/{entry.Index}", entry.Item.Url));

        await Eventually.TrueAsync(
            async () => await house.CountAsync("postern_subscriptions_proofs_total") >= names.Count, () => $"{names.Count} receivers are asked", seconds: 120);
        await house.AssertHarmlessAsync();
    }

    [Fact]
    public async Task A_forbidden_address_is_reached_where_the_configuration_lists_it()
    {
        House.Require();
        using var scratch = new ScratchDirectory();
        await using var house = await House.StartAsync(scratch, "10.0.0.0/8, 169.254.169.254, fd00::/8");
        (string Name, string Address)[] allowed = [("private.test", "10.1.2.3"), ("metadata.test", "169.254.169.254"), ("local.test", "fd00::1")];

        foreach (var (name, address) in allowed)
        {
            house.Names.Set(name, NameAnswer.At(address));
            await house.CallAsync(OutboundCall.All[0], await house.Gateway.Client.SubscribeAsync($"/orders/{name}", $"http://{name}:8080/"));
        }

        await Eventually.TrueAsync(
            () => allowed.All(entry => house.Canary.Hits.ContainsKey((IPAddress.Parse(entry.Address), 8080))), () => string.Join(", ", house.Canary.Hits.Keys));
        Assert.True(await house.Network.ForbiddenPacketsAsync() >= allowed.Length, "The counter sees what the canary hears.");
    }

    private static IEnumerable<OutboundName> Names()
    {
        var number = 0;
        foreach (var address in ForbiddenAddresses.All.Select(static address => address.ToString()))
        {
            foreach (var (scheme, port, good) in ((string, int, string)[])[("https", 443, Public), ("http", 8080, Listed)])
            {
                yield return Make(NameAnswer.At(address), isForbidden: true);
                yield return Make(NameAnswer.At(good) with { Then = NameAnswer.At(address) }, isForbidden: false);
                yield return Make(NameAnswer.At(good, address, Public6), isForbidden: false);
                yield return Make(NameAnswer.At(address) with { Alias = "localhost" }, isForbidden: true);

                OutboundName Make(NameAnswer answer, bool isForbidden) => new($"{scheme}://n{number++}.test:{port}/", answer, isForbidden);
            }
        }

        yield return new("https://many.test/", NameAnswer.At(Enumerable.Range(1, 25).Select(static last => $"10.0.0.{last}")), IsForbidden: true);
        yield return new("https://six.test/", NameAnswer.At(Public6, "::1", "fd00::1"), IsForbidden: false);
    }

    /// <param name="IsForbidden">Whether nothing it ever stands for may be called.</param>
    private sealed record OutboundName(string Url, NameAnswer Answer, bool IsForbidden);

    private sealed class House : IAsyncDisposable
    {
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

        public static async Task<House> StartAsync(ScratchDirectory scratch, string allow, string api = "")
        {
            var setup = new GatewaySetup
            {
                Upstream = "http://127.0.0.1:9", Data = scratch.File("data"), EgressAllow = allow, Api = api, Callbacks = "timeout: 5s, retry: { giveUpAfter: 0s }",
            };
            var network = await NetworkNamespace.StartAsync(
                scratch,
                $"ip daddr 127.0.0.1 tcp dport {{ {new Uri(setup.Gateway).Port}, {new Uri(setup.Admin).Port} }}",
                $"ip daddr {Listed} tcp dport 8080",
                $"ip daddr {Public} tcp dport 443",
                $"ip6 daddr {Public6} tcp dport 443");
            var house = new House { Network = network, Names = new NameServer(network), Canary = new Canary(network) };
            var resolver = await scratch.WriteAsync("resolv.conf", house.Names.ResolvConf);
            house.Gateway = await RunningGateway.StartAsync(setup, new Launch
            {
                Prefix = [.. network.Prefix, "unshare", "--mount", "sh", "-c", $"mount --bind {resolver} /etc/resolv.conf && exec \"$@\"", "sh"],
                // Whoever obeyed it would call a forbidden address for everything.
                Environment = ((string[])["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]).ToDictionary(static name => name, static _ => "http://10.9.9.9:8080"),
                NewHandler = network.NewHandler,
            });
            return house;
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
}
