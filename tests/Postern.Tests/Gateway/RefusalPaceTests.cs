using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using Postern.Gateway.Identity.Logins;
using Postern.Operations;

namespace Postern.Tests.Gateway;

public sealed class RefusalPaceTests
{
    private static readonly IPAddress Guesser = IPAddress.Parse("192.0.2.1");

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly RefusalPace pace;

    public RefusalPaceTests() => pace = new RefusalPace(time);

    [Fact]
    public void A_hundred_refusals_of_an_address_are_answered_at_once_and_then_a_hundred_in_a_second()
    {
        var all = Enumerable.Range(0, 300).Select(_ => WaitAsync(Problems.Unauthenticated())).ToList();

        Assert.Equal(100, all.Count(static wait => wait.IsCompleted));
        for (var tick = 1; tick <= 200; tick++)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            Assert.Equal(100 + tick, all.Count(static wait => wait.IsCompleted));
        }
    }

    [Fact]
    public void Nobody_waits_longer_than_five_seconds_and_what_waits_as_long_is_spread_out()
    {
        var all = Enumerable.Range(0, 1600).Select(_ => WaitAsync(Problems.Unauthenticated())).ToList();

        time.Advance(TimeSpan.FromSeconds(2.4));
        var early = all.Count(static wait => wait.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1.2));
        var half = all.Count(static wait => wait.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1.4));

        // 340 by the pace; of the 1,000 that found no turn, about half by then.
        Assert.Equal(340, early);
        Assert.InRange(half, early + 400, early + 800);
        Assert.All(all, static wait => Assert.True(wait.IsCompletedSuccessfully && wait.Result));
    }

    [Theory]
    [InlineData(401, true)]
    [InlineData(429, true)]
    [InlineData(503, true)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    public void What_has_to_do_with_credentials_is_paced_and_nothing_else(int status, bool paced)
    {
        var problem = status switch
        {
            401 => Problems.Unauthenticated(),
            429 => LoginProblems.TooMany(TimeSpan.FromSeconds(1)),
            503 => LoginProblems.Busy(),
            _ => new ProblemException(Problems.Make(status, "other", "Other", "Other.")),
        };
        var all = Enumerable.Range(0, 101).Select(_ => WaitAsync(problem)).ToList();

        Assert.Equal(paced, !all[^1].IsCompleted);
    }

    [Fact]
    public void Another_address_and_those_who_come_later_do_not_wait()
    {
        for (var call = 0; call < 300; call++)
        {
            _ = WaitAsync(Problems.Unauthenticated());
        }

        Assert.True(WaitAsync(Problems.Unauthenticated(), IPAddress.Parse("192.0.2.2")).IsCompleted);
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.True(WaitAsync(Problems.Unauthenticated()).IsCompleted);
    }

    [Fact]
    public async Task Beyond_some_thousands_that_wait_the_next_is_the_last_of_its_connection()
    {
        var all = Enumerable.Range(0, 100 + 4096).Select(_ => WaitAsync(Problems.Unauthenticated())).ToList();

        Assert.False(await WaitAsync(Problems.Unauthenticated()));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.All(all, static wait => Assert.True(wait.IsCompletedSuccessfully && wait.Result));
        Assert.True(await WaitAsync(Problems.Unauthenticated(), IPAddress.Parse("192.0.2.2")));
    }

    [Fact]
    public async Task Who_has_gone_is_not_waited_for()
    {
        for (var call = 0; call < 100; call++)
        {
            Assert.True(await WaitAsync(Problems.Unauthenticated()));
        }

        using var gone = new CancellationTokenSource();
        var wait = pace.WaitAsync(Problems.Unauthenticated(), Guesser, gone.Token).AsTask();
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public async Task A_password_is_hashed_by_a_thread_that_gives_way_to_all_others()
    {
        using var slots = new HashingSlots(1, 0);
        var niceness = 0;

        await slots.RunAsync(
            () =>
            {
                niceness = Niceness();
                return true;
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(10, niceness);
        Assert.Equal(0, await Task.Run(Niceness, TestContext.Current.CancellationToken));

        // proc(5): the 19th field; the second is in parentheses and may hold anything.
        static int Niceness() => int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ')[16], CultureInfo.InvariantCulture);
    }

    private Task<bool> WaitAsync(ProblemException problem, IPAddress? address = null) =>
        pace.WaitAsync(problem, address ?? Guesser, TestContext.Current.CancellationToken).AsTask();
}
