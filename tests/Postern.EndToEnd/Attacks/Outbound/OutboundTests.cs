using System.Collections.Concurrent;
using System.Net;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Outbound;

/// <summary>
/// The gateway in a network where every address answers: whatever it can be talked into, it calls the public internet and what its
/// configuration lists, and nothing else.
/// </summary>
public sealed class OutboundTests
{
    private static readonly ParallelOptions Together = new() { MaxDegreeOfParallelism = 16 };

    [Fact]
    public async Task No_packet_reaches_a_forbidden_address_whatever_URL_or_name_the_gateway_is_given()
    {
        OutboundHouse.Require();
        var cases = UrlSpellings.All.Count * UrlField.All.Count + OutboundName.All.Count * OutboundCall.All.Count;
        Assert.True(cases >= 5_000, $"{cases} cases");
        using var scratch = new ScratchDirectory();
        await using var house = await OutboundHouse.StartAsync(scratch, OutboundHouse.Listed + "/32");
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
        var names = house.SetNames();
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
                var moving = named.Where(entry => entry.Name.Answer.Then is not null && house.Names.Questions(entry.Name.Host) < 4).ToArray();
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
        OutboundHouse.Require();
        using var scratch = new ScratchDirectory();
        await using var house = await OutboundHouse.StartAsync(scratch, OutboundHouse.Listed + "/32", "verify: challenge");
        var names = house.SetNames();

        await Parallel.ForEachAsync(names.Index(), Together, async (entry, _) => await house.Gateway.Client.SubscribeAsync($"/orders/{entry.Index}", entry.Item.Url));

        await Eventually.TrueAsync(
            async () => await house.CountAsync("postern_subscriptions_proofs_total") >= names.Count, () => $"{names.Count} receivers are asked", seconds: 120);
        await house.AssertHarmlessAsync();
    }

    [Fact]
    public async Task A_forbidden_address_is_reached_where_the_configuration_lists_it()
    {
        OutboundHouse.Require();
        using var scratch = new ScratchDirectory();
        await using var house = await OutboundHouse.StartAsync(scratch, "10.0.0.0/8, 169.254.169.254, fd00::/8");
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
}
