using System.Net;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Outbound;

/// <summary>Names that stand for as much as one answer can hold, and answers that come when nobody waits for them any more.</summary>
public sealed class NameFloodTests
{
    // An answer has 65,535 bytes at most (RFC 1035 §4.2.2), and a record of an address 16 or 28 of them: no name can stand for more.
    private const int MostV4 = 4_000;
    private const int MostV6 = 2_300;

    private const string EgressRefused = "The gateway does not call this address: it is private or reserved, or needs https. The operator can allow it (egress.allow).";

    [Fact]
    public async Task Names_with_thousands_of_addresses_are_judged_as_others_are_in_flat_memory()
    {
        OutboundHouse.Require();
        using var scratch = new ScratchDirectory();
        await using var house = await OutboundHouse.StartAsync(scratch, static setup => setup with { Callbacks = "timeout: 15s, retry: { giveUpAfter: 0s }" });
        IPAddress[] forbidden =
        [
            .. Enumerable.Range(0, MostV4).Select(static number => new IPAddress([10, 1, (byte)(number >> 8), (byte)number])),
            .. Enumerable.Range(0, MostV6).Select(static number => IPAddress.Parse($"fd00::{number:x}")),
        ];
        house.Names.Set("listed.test", new NameAnswer([.. Enumerable.Repeat(IPAddress.Parse(OutboundHouse.Listed), 200)]) { IsLarge = true });
        await CallAllAsync(first: 0, count: 2);
        var before = house.Gateway.PeakMemoryMiB();

        await CallAllAsync(first: 2, count: 8);
        Assert.Empty(house.Canary.Hits);

        // For so many the resolver of the system asks again and again, with more room each time: some come too late.
        var attempts = (await house.Gateway.AdminAsync("/api/attempts"))["items"]!.AsArray();
        Assert.Equal(10, attempts.Count);
        Assert.All(attempts, static attempt => Assert.Contains((string?)attempt!["error"], (string[])[EgressRefused, "The host name was not resolved in time."]));
        Assert.Contains(attempts, static attempt => (string?)attempt!["error"] == EgressRefused);
        await house.CallAsync(OutboundCall.All[0], await house.Gateway.Client.SubscribeAsync("/orders/listed", "http://listed.test:8080/"));
        await house.SettledAsync("the name that may be called");

        Assert.Equal((IPAddress.Parse(OutboundHouse.Listed), 8080), Assert.Single(house.Canary.Hits.Keys));
        Assert.Equal(0, await house.Network.ForbiddenPacketsAsync());
        Assert.InRange(house.Gateway.PeakMemoryMiB() - before, 0, 64);

        async Task CallAllAsync(int first, int count)
        {
            for (var number = first; number < first + count; number++)
            {
                house.Names.Set($"many-{number}.test", new NameAnswer(forbidden) { IsLarge = true });
                await house.CallAsync(OutboundCall.All[0], await house.Gateway.Client.SubscribeAsync($"/orders/{number}", $"https://many-{number}.test/"));
            }

            await house.SettledAsync($"{count} names");
        }
    }

    [Fact]
    public async Task An_answer_that_comes_after_the_timeout_is_dialled_by_nobody_and_holds_nobody_up()
    {
        OutboundHouse.Require();
        using var scratch = new ScratchDirectory();
        // The resolver would wait for it, the callback does not.
        await using var house = await OutboundHouse.StartAsync(
            scratch, static setup => setup with { Callbacks = "timeout: 1s, retry: { giveUpAfter: 0s }" }, resolverSeconds: 10);
        for (var number = 0; number < 20; number++)
        {
            house.Names.Set($"late-{number}.test", NameAnswer.At("10.0.0.1") with { Late = TimeSpan.FromSeconds(4) });
            await house.CallAsync(OutboundCall.All[0], await house.Gateway.Client.SubscribeAsync($"/orders/late-{number}", $"https://late-{number}.test/"));
        }

        await house.CallAsync(OutboundCall.All[0], await house.Gateway.Client.SubscribeAsync("/orders/listed", OutboundCall.Listed));
        await Eventually.TrueAsync(() => house.Canary.Hits.ContainsKey((IPAddress.Parse(OutboundHouse.Listed), 8080)), "the one that answers is called");
        await house.SettledAsync("callbacks to names that are answered late");
        // So many are looked up at a time; the others are given up before their turn.
        await Eventually.TrueAsync(async () => await house.CountAsync("postern_egress_lookups_total") >= 8, () => "the answers have come");

        Assert.Equal((IPAddress.Parse(OutboundHouse.Listed), 8080), Assert.Single(house.Canary.Hits.Keys));
        Assert.Equal(0, await house.Network.ForbiddenPacketsAsync());
    }
}
