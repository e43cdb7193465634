using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;
using Postern.Configuration;
using Postern.Gateway.Identity;
using Postern.Gateway.Identity.Jwt;
using Postern.Model.Access;

namespace Postern.Tests.Gateway.Identity;

public sealed class JwtSchemeTests : IDisposable
{
    private readonly TokenMaker issuer = new();
    private readonly TokenMaker stranger = new();
    private readonly FakeTimeProvider time = new(TokenMaker.Now);

    public static TheoryData<string> Algorithms() => [.. TokenMaker.Algorithms];

    public void Dispose()
    {
        issuer.Dispose();
        stranger.Dispose();
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task A_token_of_the_issuer_names_its_consumer(string algorithm)
    {
        var claim = Assert.IsType<CredentialClaim.Of>(await CheckAsync(SchemeFor(algorithm), issuer.Make(algorithm)));

        Assert.Equal(("acme", "jwt-1"), (claim.Consumer.Name, claim.CredentialId));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task No_broken_token_names_anybody(string algorithm)
    {
        var scheme = SchemeFor(algorithm);
        var attacks = TokenAttacks.On(algorithm, issuer, stranger).ToList();

        foreach (var (name, token) in attacks)
        {
            var claim = await CheckAsync(scheme, token);
            Assert.False(claim is CredentialClaim.Of, $"{algorithm}, {name}: {claim}");
        }

        // Twelve algorithms with so many each.
        Assert.True(attacks.Count >= 120, $"{attacks.Count} attacks only");
    }

    [Theory]
    [InlineData("""{"alg":"ES256"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"ES256"}""")]
    [InlineData("""{"alg":"ES256","typ":"jwt","jku":"https://evil.test/","jwk":{"kty":"oct","k":"AA"},"x5c":["AA"],"x5u":"https://evil.test/"}""")]
    public async Task What_a_header_may_say_beside_changes_nothing(string header) =>
        Assert.IsType<CredentialClaim.Of>(await CheckAsync(SchemeFor("ES256"), issuer.Sign(header, TokenMaker.Claims().ToJsonString(), "ES256")));

    [Theory]
    [InlineData("exp", -29, true)]
    [InlineData("exp", -30, false)]
    [InlineData("exp", 0.5, true)]
    [InlineData("nbf", 30, true)]
    [InlineData("nbf", 30.5, false)]
    [InlineData("iat", 30, true)]
    [InlineData("iat", 31, false)]
    public async Task Times_hold_to_the_second_with_the_skew(string name, double fromNow, bool holds)
    {
        var claims = TokenMaker.Claims();
        claims[name] = TokenMaker.Now.ToUnixTimeSeconds() + fromNow;

        Assert.Equal(holds, await CheckAsync(SchemeFor("ES256"), issuer.Make("ES256", claims)) is CredentialClaim.Of);
    }

    [Fact]
    public async Task One_audience_of_several_is_enough()
    {
        var claims = TokenMaker.Claims();
        claims["aud"] = new JsonArray("somebody", TokenMaker.Audience);

        Assert.IsType<CredentialClaim.Of>(await CheckAsync(SchemeFor("ES256"), issuer.Make("ES256", claims)));
    }

    [Fact]
    public async Task A_token_that_was_verified_ends_when_it_expires()
    {
        var (scheme, token) = (SchemeFor("RS256"), issuer.Make("RS256"));
        Assert.IsType<CredentialClaim.Of>(await CheckAsync(scheme, token));

        time.Advance(TimeSpan.FromSeconds(5 * 60 + 29));
        Assert.IsType<CredentialClaim.Of>(await CheckAsync(scheme, token));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new CredentialClaim.Invalid("The token has expired."), await CheckAsync(scheme, token));
    }

    [Fact]
    public async Task A_credential_that_expires_ends_what_was_verified()
    {
        var scheme = SchemeFor("ES256", new CredentialConfiguration.Jwt("login", new Dictionary<string, string> { ["sub"] = "acme" }) { Expires = TokenMaker.Now.AddMinutes(1) });
        var token = issuer.Make("ES256");
        Assert.IsType<CredentialClaim.Of>(await CheckAsync(scheme, token));

        time.Advance(TimeSpan.FromMinutes(1));

        Assert.IsType<CredentialClaim.Invalid>(await CheckAsync(scheme, token));
    }

    [Fact]
    public async Task A_token_in_the_query_is_not_read_and_several_in_the_header_are_refused()
    {
        var (scheme, token) = (SchemeFor("ES256"), issuer.Make("ES256"));
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString("?access_token=" + token + "&jwt=" + token);
        Assert.Same(CredentialClaim.Nothing, await scheme.CheckAsync(context, TestContext.Current.CancellationToken));

        Assert.IsType<CredentialClaim.Invalid>(await CheckAsync(scheme, new StringValues(["Bearer " + token, "Bearer " + token])));
        Assert.IsType<CredentialClaim.Invalid>(await CheckAsync(scheme, new StringValues(["Basic YTpi", "Bearer " + token])));
    }

    [Theory]
    [InlineData("Bearer opaque-token-of-the-API")]
    [InlineData("Bearer eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.AAAA.AAAA")]
    [InlineData("Basic YTpi")]
    [InlineData("Bearer")]
    public async Task What_is_for_somebody_else_stays_theirs(string authorization) =>
        Assert.Same(CredentialClaim.Theirs, await CheckAsync(SchemeFor("ES256"), new StringValues(authorization)));

    [Fact]
    public async Task A_token_of_an_issuer_that_is_not_ours_stays_theirs()
    {
        var claims = TokenMaker.Claims();
        claims["iss"] = "https://other.test/";

        Assert.Same(CredentialClaim.Theirs, await CheckAsync(SchemeFor("ES256"), stranger.Make("ES256", claims)));
    }

    [Fact]
    public async Task All_claims_of_a_credential_count_and_a_list_holds_one_of_them()
    {
        var credential = new CredentialConfiguration.Jwt("login", new Dictionary<string, string> { ["sub"] = "acme", ["groups"] = "billing" });
        var scheme = SchemeFor("ES256", credential);
        var claims = TokenMaker.Claims();
        Assert.IsType<CredentialClaim.Invalid>(await CheckAsync(scheme, issuer.Make("ES256", claims)));

        claims["groups"] = new JsonArray("sales", "billing");

        Assert.IsType<CredentialClaim.Of>(await CheckAsync(scheme, issuer.Make("ES256", claims)));
    }

    [Fact]
    public async Task A_token_of_two_consumers_is_of_nobody()
    {
        var scheme = Scheme(new PosternConfiguration
        {
            Identity = Identity("ES256"),
            Consumers = new Dictionary<string, ConsumerConfiguration> { ["acme"] = Consumer(("sub", "acme")), ["globex"] = Consumer(("aud", "postern")) },
        });

        Assert.Contains("several", Assert.IsType<CredentialClaim.Invalid>(await CheckAsync(scheme, issuer.Make("ES256"))).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acme", true)]
    [InlineData("nobody", false)]
    public async Task A_claim_can_name_the_consumer_itself(string consumer, bool known)
    {
        var identity = Identity("ES256");
        identity = identity with { Issuers = new Dictionary<string, IssuerConfiguration> { ["login"] = identity.Issuers["login"] with { ConsumerClaim = "tenant" } } };
        var scheme = Scheme(new PosternConfiguration { Identity = identity, Consumers = new Dictionary<string, ConsumerConfiguration> { ["acme"] = new() } });
        var claims = TokenMaker.Claims();
        claims["tenant"] = consumer;

        Assert.Equal(known, await CheckAsync(scheme, issuer.Make("ES256", claims)) is CredentialClaim.Of);
    }

    [Theory]
    [InlineData("read openid", true, false)]
    [InlineData("openid", false, false)]
    [InlineData("subscribe:/orders", true, true)]
    public async Task Scopes_of_a_token_narrow_what_it_may_do(string scopes, bool read, bool subscribe)
    {
        var identity = Identity("ES256");
        identity = identity with { Issuers = new Dictionary<string, IssuerConfiguration> { ["login"] = identity.Issuers["login"] with { ScopesClaim = "scope" } } };
        var scheme = Scheme(new PosternConfiguration { Identity = identity, Consumers = new Dictionary<string, ConsumerConfiguration> { ["acme"] = Consumer(("sub", "acme")) } });
        var claims = TokenMaker.Claims();
        claims["scope"] = scopes;

        var claim = Assert.IsType<CredentialClaim.Of>(await CheckAsync(scheme, issuer.Make("ES256", claims)));

        Assert.Equal((read, subscribe), (claim.Scopes.Allow(ScopeVerb.Read, "/orders"), claim.Scopes.Allow(ScopeVerb.Subscribe, "/orders")));
    }

    private static async Task<CredentialClaim> CheckAsync(JwtScheme scheme, StringValues authorization)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = authorization;
        return await scheme.CheckAsync(context, TestContext.Current.CancellationToken);
    }

    private static Task<CredentialClaim> CheckAsync(JwtScheme scheme, string token) => CheckAsync(scheme, new StringValues("Bearer " + token));

    private static ConsumerConfiguration Consumer(params (string Claim, string Value)[] claims) => new()
    {
        Credentials = [new CredentialConfiguration.Jwt("login", claims.ToDictionary(static claim => claim.Claim, static claim => claim.Value))],
    };

    private JwtScheme SchemeFor(string algorithm, CredentialConfiguration? credential = null) => Scheme(new PosternConfiguration
    {
        Identity = Identity(algorithm),
        Consumers = new Dictionary<string, ConsumerConfiguration>
        {
            ["acme"] = credential is null ? Consumer(("sub", "acme")) : new ConsumerConfiguration { Credentials = [credential] },
        },
    });

    // Every algorithm of its kind is taken: what is refused is not refused for want of trust.
    private IdentityConfiguration Identity(string algorithm) => new()
    {
        Issuers = new Dictionary<string, IssuerConfiguration>
        {
            ["login"] = new()
            {
                Issuer = TokenMaker.Issuer, Audience = [TokenMaker.Audience],
                Algorithms = [.. TokenMaker.Algorithms.Where(known => known[0] == 'H' == (algorithm[0] == 'H'))],
                Keys = algorithm[0] == 'H' ? new() { Secret = issuer.Secret } : new() { File = "keys.json", Loaded = issuer.Keys() },
            },
        },
    };

    private JwtScheme Scheme(PosternConfiguration configuration) => new(
        configuration,
        new IssuerDirectory(new LiveConfiguration(configuration), static (_, _) => throw new IOException("Nothing is fetched here."), time, NullLogger<IssuerDirectory>.Instance),
        time);
}
