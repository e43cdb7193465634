using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Postern.Configuration;
using Postern.Gateway.Identity;
using Postern.Gateway.Identity.Logins;
using Postern.Model.Access;
using Postern.Operations;

namespace Postern.Tests.Gateway;

public sealed class PasswordLoginTests
{
    private static readonly PasswordHash Hash = PasswordHash.Create("s3cret");

    private static readonly PasswordHash NewHash = PasswordHash.Create("new");

    private static readonly Dictionary<string, ConsumerConfiguration> Consumers = new()
    {
        ["acme"] = new() { Credentials = [new CredentialConfiguration.Basic("acme", null) { Hash = Hash }] },
        ["globex"] = new() { Credentials = [new CredentialConfiguration.Basic("globex", "plain")] },
    };

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Theory]
    [InlineData("acme", "s3cret", "acme")]
    [InlineData("globex", "plain", "globex")]
    [InlineData("acme", "plain", null)]
    [InlineData("nobody", "s3cret", null)]
    public async Task A_password_is_known_by_its_hash(string user, string password, string? consumer)
    {
        var scheme = Scheme(new HashingSlots(1, 10));
        for (var round = 0; round < 2; round++)
        {
            var claim = await LoginAsync(scheme, user, password);
            Assert.Equal(consumer, (claim as CredentialClaim.Of)?.Consumer.Name);
            Assert.IsType(consumer is null ? typeof(CredentialClaim.Foreign) : typeof(CredentialClaim.Of), claim);
        }
    }

    /// <summary>With the one place for hashes taken, whoever comes to it is turned away: it is seen who does.</summary>
    [Theory]
    [InlineData("acme", "s3cret")]
    [InlineData("acme", "wrong")]
    [InlineData("globex", "plain")]
    [InlineData("globex", "wrong")]
    [InlineData("nobody", "wrong")]
    public async Task Every_new_login_is_hashed_whoever_it_names(string user, string password)
    {
        var slots = new HashingSlots(1, 0);
        using var end = new ManualResetEventSlim();
        var busy = slots.RunAsync(() => { end.Wait(TestContext.Current.CancellationToken); return true; }, CancellationToken.None);

        var refused = await Assert.ThrowsAsync<ProblemException>(() => LoginAsync(Scheme(slots), user, password));

        Assert.Equal(503, refused.Problem.Status);
        Assert.NotNull(refused.RetryAfter);
        end.Set();
        Assert.True(await busy);
    }

    [Fact]
    public async Task A_login_that_is_known_is_not_hashed_again_until_the_configuration_changes()
    {
        var slots = new HashingSlots(1, 0);
        var scheme = Scheme(slots);
        await LoginAsync(scheme, "acme", "s3cret");
        await LoginAsync(scheme, "acme", "wrong");
        using var end = new ManualResetEventSlim();
        var busy = slots.RunAsync(() => { end.Wait(TestContext.Current.CancellationToken); return true; }, CancellationToken.None);

        Assert.IsType<CredentialClaim.Of>(await LoginAsync(scheme, "acme", "s3cret"));
        Assert.IsType<CredentialClaim.Foreign>(await LoginAsync(scheme, "acme", "wrong"));
        await Assert.ThrowsAsync<ProblemException>(() => LoginAsync(Scheme(slots), "acme", "s3cret"));
        time.Advance(TimeSpan.FromMinutes(11));
        await Assert.ThrowsAsync<ProblemException>(() => LoginAsync(scheme, "acme", "s3cret"));
        end.Set();
        await busy;
    }

    [Fact]
    public async Task A_replaced_password_is_taken_beside_its_successor_until_its_time_is_over()
    {
        var scheme = new BasicScheme(Rotated(), new HashingSlots(1, 10), new LoginGuard(time), time);

        Assert.Equal(("acme", "acme"), (await ConsumerAsync("new"), await ConsumerAsync("s3cret")));
        Assert.Null(await ConsumerAsync("wrong"));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(("acme", null), (await ConsumerAsync("new"), await ConsumerAsync("s3cret")));
        // Not even one that was never seen before.
        Assert.IsType<CredentialClaim.Foreign>(await LoginAsync(new BasicScheme(Rotated(until: time.GetUtcNow()), new HashingSlots(1, 10), new LoginGuard(time), time), "acme", "s3cret"));

        async Task<string?> ConsumerAsync(string password) => (await LoginAsync(scheme, "acme", password) as CredentialClaim.Of)?.Consumer.Name;
    }

    /// <summary>The time would tell whose password was changed lately. The one place for hashes is taken after the first of them: it is seen who comes again.</summary>
    [Theory]
    [InlineData("acme", "new")]
    [InlineData("acme", "s3cret")]
    [InlineData("acme", "wrong")]
    [InlineData("nobody", "wrong")]
    public async Task While_a_replaced_password_is_taken_every_new_login_costs_two_hashes_whoever_it_names(string user, string password)
    {
        var slots = new HashingSlots(1, 0);
        using var end = new ManualResetEventSlim();
        Task<bool>? busy = null;
        var between = new Looked(time.GetUtcNow(), () => busy ??= slots.RunAsync(() => { end.Wait(TestContext.Current.CancellationToken); return true; }, CancellationToken.None));

        var refused = await Assert.ThrowsAsync<ProblemException>(() => LoginAsync(new BasicScheme(Rotated(), slots, new LoginGuard(time), between), user, password));

        Assert.Equal(503, refused.Problem.Status);
        end.Set();
        Assert.True(await busy!);
    }

    /// <summary>A clock that tells when it is looked at: between the two hashes.</summary>
    private sealed class Looked(DateTimeOffset now, Action tell) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow()
        {
            tell();
            return now;
        }
    }

    private Dictionary<string, ConsumerConfiguration> Rotated(DateTimeOffset? until = null) => new()
    {
        ["acme"] = new()
        {
            Credentials =
            [
                new CredentialConfiguration.Basic("acme", null) { Hash = NewHash, Replaced = new(Hash, until ?? time.GetUtcNow() + TimeSpan.FromHours(1)) },
            ],
        },
    };

    [Theory]
    [InlineData("acme")]
    [InlineData("nobody")]
    public void Failed_logins_of_one_name_are_bounded_from_wherever_they_come(string name)
    {
        var guard = new LoginGuard(time);
        for (var host = 1; host <= 10; host++)
        {
            Fail(guard, name, IPAddress.Parse($"192.0.2.{host}"));
        }

        var refused = Assert.Throws<ProblemException>(() => guard.Enter(name, IPAddress.Parse("192.0.2.99")));

        Assert.Equal(429, refused.Problem.Status);
        Assert.Equal(TimeSpan.FromSeconds(2), refused.RetryAfter);
        time.Advance(TimeSpan.FromSeconds(2));
        guard.Enter(name, IPAddress.Parse("192.0.2.99"));
    }

    [Fact]
    public void Failed_logins_from_one_address_are_bounded_whomever_they_name()
    {
        var guard = new LoginGuard(time);
        for (var user = 0; user < 50; user++)
        {
            Fail(guard, $"user {user}", IPAddress.Parse($"2001:db8::{user:x}"));
        }

        Assert.Equal(429, Assert.Throws<ProblemException>(() => guard.Enter("another", IPAddress.Parse("2001:db8::ffff"))).Problem.Status);
        guard.Enter("another", IPAddress.Parse("2001:db8:0:1::1"));
    }

    [Fact]
    public void No_more_than_eight_logins_of_an_address_are_under_way_at_once()
    {
        var guard = new LoginGuard(time);
        var guesser = IPAddress.Parse("192.0.2.1");
        for (var user = 0; user < 8; user++)
        {
            guard.Enter($"user {user}", guesser);
        }

        Assert.Equal(503, Assert.Throws<ProblemException>(() => guard.Enter("another", guesser)).Problem.Status);
        guard.Enter("another", IPAddress.Parse("192.0.2.2"));
        guard.Leave("user 0", guesser, failed: true);
        guard.Enter("another", guesser);
    }

    [Fact]
    public async Task Logins_that_succeed_count_for_nothing()
    {
        var guard = new LoginGuard(time);
        for (var reload = 0; reload < 12; reload++)
        {
            Assert.IsType<CredentialClaim.Of>(await LoginAsync(new BasicScheme(Consumers, new HashingSlots(1, 10), guard, time), "acme", "s3cret"));
        }
    }

    [Fact]
    public async Task Logins_that_are_turned_away_for_want_of_room_count_for_nothing()
    {
        var (slots, guard) = (new HashingSlots(1, 0), new LoginGuard(time));
        var scheme = new BasicScheme(Consumers, slots, guard, time);
        using var end = new ManualResetEventSlim();
        var busy = slots.RunAsync(() => { end.Wait(TestContext.Current.CancellationToken); return true; }, CancellationToken.None);
        for (var attempt = 0; attempt < 12; attempt++)
        {
            Assert.Equal(503, (await Assert.ThrowsAsync<ProblemException>(() => LoginAsync(scheme, "acme", "wrong"))).Problem.Status);
        }

        end.Set();
        await busy;
        Assert.IsType<CredentialClaim.Of>(await LoginAsync(scheme, "acme", "s3cret"));
    }

    [Fact]
    public async Task Of_a_thousand_logins_at_once_no_more_are_hashed_than_there_is_room_for()
    {
        var slots = new HashingSlots(2, 5);
        var (inside, most) = (0, 0);
        using var end = new ManualResetEventSlim();
        var all = Enumerable.Range(0, 1000).Select(_ => slots.RunAsync(
            () =>
            {
                var now = Interlocked.Increment(ref inside);
                InterlockedMax(ref most, now);
                end.Wait(TestContext.Current.CancellationToken);
                Interlocked.Decrement(ref inside);
                return true;
            },
            CancellationToken.None)).ToList();
        end.Set();
        await Task.WhenAll(all).ContinueWith(static _ => { }, TaskScheduler.Default);

        Assert.Equal(7, all.Count(static login => login.IsCompletedSuccessfully));
        Assert.InRange(most, 1, 2);
    }

    private static void Fail(LoginGuard guard, string name, IPAddress address)
    {
        guard.Enter(name, address);
        guard.Leave(name, address, failed: true);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }

    private BasicScheme Scheme(HashingSlots slots) => new(Consumers, slots, new LoginGuard(time), time);

    private static async Task<CredentialClaim> LoginAsync(BasicScheme scheme, string user, string password)
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Headers.Authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        return await scheme.CheckAsync(context, TestContext.Current.CancellationToken);
    }
}
