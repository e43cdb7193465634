using System.Globalization;
using System.Net;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

/// <summary>An operator, NTP or a virtual machine sets the wall clock while the program runs.</summary>
public sealed class ClockTests
{
    private static readonly (string Name, Func<FakeClock, DateTimeOffset> Time)[] Jumps =
    [
        ("two hours on", clock => clock.Now.AddHours(2)),
        ("two hours back", clock => clock.Now.AddHours(-2)),
        ("a day on", clock => clock.Now.AddDays(1)),
        ("a day back", clock => clock.Now.AddDays(-1)),
        ("the leap second of 2016", _ => Utc(2016, 12, 31, 23, 59, 59)),
        ("summer time begins in Berlin", _ => Utc(2026, 3, 29, 0, 59, 59)),
        ("summer time ends in Berlin", _ => Utc(2026, 10, 25, 0, 59, 59)),
        ("the leap day", _ => Utc(2028, 2, 29, 23, 59, 59)),
        ("1970", _ => Utc(1970, 1, 1, 0, 0, 5)),
        ("2038, over the end of 32 bits", _ => Utc(2038, 1, 19, 3, 14, 7)),
        ("2099", _ => Utc(2099, 12, 31, 23, 59, 59)),
        ("back to today", _ => DateTimeOffset.UtcNow),
    ];

    [Fact]
    public async Task Whatever_the_clock_is_set_to_callbacks_go_on_are_retried_once_and_carry_its_time()
    {
        Requires.Tool("cc");
        using var scratch = new ScratchDirectory();
        using var clock = new FakeClock(scratch);
        clock.Set(TimeSpan.Zero);
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = await TestReceiver.StartAsync();
        receiver.Clock = () => clock.Now;
        await using var gateway = await RunningGateway.StartAsync(
            new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data"), Callbacks = "retry: { schedule: [0s, 300ms, 300ms, 300ms, 300ms, 300ms], jitter: 0 }" },
            clock.Launch with { Environment = new Dictionary<string, string>(clock.Launch.Environment) { ["TZ"] = "Europe/Berlin" } });
        receiver.Trust("/all", (await gateway.Client.SubscribeAsync("/load", receiver.Url + "/all")).Secret);
        // One event at a time: its first attempt fails.
        var first = 1;
        receiver.Answer = _ => Interlocked.Exchange(ref first, 0) == 1 ? 500 : 204;

        for (var index = 0; index < Jumps.Length; index++)
        {
            clock.SetTo(Jumps[index].Time(clock));
            // A look at the clock that began before it was set may end after it: the program tells the new time first.
            await Eventually.TrueAsync(() => TellsAsync(gateway, clock), () => $"{Jumps[index].Name}: the program's clock is set", seconds: 10);
            var id = $"{index}";
            using (var answer = await gateway.Client.PublishAsync("/load", id, "load.made", "{}"))
            {
                Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            }

            await Eventually.TrueAsync(
                () => receiver.Calls.Count(call => call.EventId == id) == 2,
                () => $"{Jumps[index].Name}: the attempts were {string.Join(", ", receiver.Calls.Select(call => $"{call.EventId}: {call.Status} at {call.At:o}"))}");
            Interlocked.Exchange(ref first, 1);
            foreach (var call in receiver.Calls.Where(call => call.EventId == id))
            {
                Assert.True(call.Verified, $"{Jumps[index].Name}: the signature is not valid");
                var off = DateTimeOffset.FromUnixTimeSeconds(long.Parse(call.Timestamp, CultureInfo.InvariantCulture)) - call.At;
                // Whole seconds on the wire.
                Assert.True(Math.Abs(off.TotalSeconds) <= 2, $"{Jumps[index].Name}: the timestamp is {off} off");
            }
        }

        await Eventually.NeverAsync(
            () => receiver.Calls.GroupBy(call => call.EventId).Any(group => group.Count() > 2), () => $"{receiver.Count} callbacks for events that each failed once", TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_clock_that_is_set_forward_over_many_retries_makes_each_of_them_once()
    {
        const int Events = 100;
        Requires.Tool("cc");
        using var scratch = new ScratchDirectory();
        using var clock = new FakeClock(scratch);
        clock.Set(TimeSpan.Zero);
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = await TestReceiver.StartAsync();
        receiver.Clock = () => clock.Now;
        await using var gateway = await RunningGateway.StartAsync(
            new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data"), Callbacks = "retry: { schedule: [0s, 1h, 1h, 1h, 1h, 1h], jitter: 0.1 }" }, clock.Launch);
        receiver.Trust("/all", (await gateway.Client.SubscribeAsync("/load", receiver.Url + "/all")).Secret);
        // Not a 5xx: five of those in a row close the lane, and what waits there makes no first attempt.
        receiver.Answer = _ => 404;
        using var producer = new EventProducer(gateway.Url, "/load");
        await producer.PublishAsync(first: 0, Events);
        await Eventually.TrueAsync(() => receiver.Count == Events, () => $"{receiver.Count} first attempts");

        receiver.Answer = _ => 204;
        clock.Set(TimeSpan.FromHours(24));
        await Eventually.TrueAsync(() => receiver.At("/all").Count == 2 * Events, () => $"{receiver.Count} attempts of {2 * Events}", seconds: 15);
        await Eventually.NeverAsync(() => receiver.At("/all").Count > 2 * Events, () => $"{receiver.Count} attempts of {2 * Events}", TimeSpan.FromSeconds(1));
        Assert.Equal(2, receiver.Calls.GroupBy(call => call.WebhookId).Max(group => group.Count()));
    }

    private static async Task<bool> TellsAsync(RunningGateway gateway, FakeClock clock)
    {
        using var answer = await gateway.Client.Http.GetAsync(new Uri("/load/subscriptions", UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.Headers.Date is { } date && Math.Abs((date - clock.Now).TotalSeconds) < 3;
    }

    private static DateTimeOffset Utc(int year, int month, int day, int hour, int minute, int second) =>
        new(year, month, day, hour, minute, second, TimeSpan.Zero);
}
