using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postern.Configuration;
using Postern.Gateway.Identity.Jwt;
using Postern.Tests.Callbacks;

namespace Postern.Tests.Gateway.Identity;

public sealed class IssuerKeySourceTests : IDisposable
{
    private readonly TokenMaker issuer = new();
    private readonly FakeTimeProvider time = new(TokenMaker.Now);
    private int fetched;
    private Func<Uri, Task<string>> answer;

    public IssuerKeySourceTests() => answer = _ => Task.FromResult(issuer.Jwks());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => issuer.Dispose();

    [Fact]
    public async Task The_first_call_that_needs_keys_has_them_fetched()
    {
        var source = Source();
        Assert.Null(source.Current);

        Assert.Equal(KeyAnswer.Signed, (await source.RenewAsync(Cancellation))!.Verify(Token()));
    }

    [Fact]
    public async Task Unknown_keys_are_asked_for_once_a_minute_whatever_callers_send()
    {
        var source = Source();
        for (var second = 0; second < 125; second++)
        {
            for (var call = 0; call < 20; call++)
            {
                await source.RenewAsync(Cancellation);
            }

            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, fetched);
    }

    [Fact]
    public async Task Callers_at_the_same_time_share_one_fetch()
    {
        var gate = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        answer = _ => gate.Task;
        var source = Source();

        var calls = Enumerable.Range(0, 50).Select(_ => source.RenewAsync(Cancellation).AsTask()).ToList();
        gate.SetResult(issuer.Jwks());

        Assert.All(await Task.WhenAll(calls), Assert.NotNull);
        Assert.Equal(1, fetched);
    }

    [Fact]
    public async Task No_call_waits_longer_than_its_patience_and_what_comes_late_serves_the_next()
    {
        var gate = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        answer = _ => gate.Task;
        var source = Source();
        var call = source.RenewAsync(Cancellation).AsTask();

        time.Advance(IssuerKeySource.Patience - TimeSpan.FromMilliseconds(1));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Null(await call);
        gate.SetResult(issuer.Jwks());
        await Until.TrueAsync(() => source.Current is not null);
    }

    [Fact]
    public async Task A_key_that_its_issuer_has_removed_verifies_nothing_after_five_minutes()
    {
        var source = Source();
        await source.RenewAsync(Cancellation);
        answer = _ => Task.FromResult(issuer.Jwks("ES256"));
        var before = fetched;

        for (var second = 0; second < 290; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            source.RefreshIfDue();
        }

        await Until.TrueAsync(() => source.Current!.Verify(Token()) == KeyAnswer.Unknown);
        Assert.Equal(before + 1, fetched);
    }

    [Fact]
    public async Task Keys_that_did_not_change_stay_the_same_keys()
    {
        var source = Source();
        var first = await source.RenewAsync(Cancellation);
        time.Advance(KeyRefresh.Period);

        source.RefreshIfDue();
        await Until.TrueAsync(() => Volatile.Read(ref fetched) == 2);

        Assert.Same(first, await source.RenewAsync(Cancellation));
    }

    [Fact]
    public async Task While_the_issuer_is_down_its_keys_are_used_for_as_long_as_configured()
    {
        var source = Source();
        await source.RenewAsync(Cancellation);
        answer = _ => Task.FromException<string>(new IOException("down"));

        time.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(await source.RenewAsync(Cancellation));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await source.RenewAsync(Cancellation));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("<html>")]
    [InlineData("{\"keys\":[]}")]
    [InlineData("{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}")]
    public async Task What_is_no_set_of_public_keys_leaves_the_last_good_one(string text)
    {
        var source = Source();
        var first = await source.RenewAsync(Cancellation);
        answer = _ => Task.FromResult(text);
        time.Advance(TimeSpan.FromMinutes(2));

        Assert.Same(first, await source.RenewAsync(Cancellation));
        Assert.Equal(2, fetched);
    }

    [Theory]
    [InlineData(TokenMaker.Issuer, "https://keys.test/jwks", true)]
    [InlineData("https://evil.test/", "https://keys.test/jwks", false)]
    [InlineData(TokenMaker.Issuer, "file:///etc/passwd", false)]
    [InlineData(TokenMaker.Issuer, "/jwks", false)]
    public async Task Discovery_is_taken_from_the_issuer_itself_alone(string named, string address, bool taken)
    {
        answer = uri => Task.FromResult(
            uri.AbsolutePath == "/.well-known/openid-configuration" ? $$"""{"issuer":"{{named}}","jwks_uri":"{{address}}"}""" : issuer.Jwks());
        var source = Source(new IssuerKeysConfiguration());

        Assert.Equal(taken, await source.RenewAsync(Cancellation) is not null);
    }

    [Theory]
    [InlineData(null, false, false, true)]
    [InlineData(9, true, false, false)]
    [InlineData(10, true, false, true)]
    [InlineData(59, true, true, false)]
    [InlineData(60, true, true, true)]
    [InlineData(239, false, true, false)]
    [InlineData(240, false, true, true)]
    public void Keys_are_fetched_when_it_is_time(int? seconds, bool failed, bool hasKeys, bool due) =>
        Assert.Equal(due, KeyRefresh.IsDue(seconds is { } since ? TimeSpan.FromSeconds(since) : null, failed, hasKeys));

    private Token Token() => TokenReader.Read(issuer.Make("ES256"), out _)!;

    private IssuerKeySource Source(IssuerKeysConfiguration? keys = null) => new(
        "login",
        new IssuerConfiguration
        {
            Issuer = TokenMaker.Issuer, Audience = [TokenMaker.Audience], Keys = (keys ?? new() { Jwks = "https://keys.test/jwks" }) with { StaleFor = TimeSpan.FromHours(1) },
        },
        (address, _) =>
        {
            Interlocked.Increment(ref fetched);
            return answer(address);
        },
        time,
        NullLogger.Instance);
}
