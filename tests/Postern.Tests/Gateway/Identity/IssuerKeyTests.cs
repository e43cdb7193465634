using Microsoft.IdentityModel.Tokens;
using Postern.Gateway.Identity.Jwt;

namespace Postern.Tests.Gateway.Identity;

public sealed class IssuerKeyTests
{
    [Fact]
    public void Each_key_of_an_issuer_is_usable()
    {
        using var issuer = new TokenMaker();

        Assert.All(issuer.Keys(), static key => Assert.True(new IssuerKey(key, ["RS256", "ES256", "ES384", "ES512"]).IsUsable));
    }

    [Fact]
    public void A_key_that_is_none_is_found_out_before_a_token_comes()
    {
        using var issuer = new TokenMaker();
        var (rsa, curve) = (issuer.Keys()[0], issuer.Keys()[1]);
        JsonWebKey[] odd =
        [
            new() { Kty = "RSA", N = rsa.N }, new() { Kty = "RSA", N = rsa.N, E = "" }, new() { Kty = "RSA", N = "no base64 ?", E = rsa.E },
            new() { Kty = "EC", Crv = "P-256", X = curve.Y, Y = curve.X }, new() { Kty = "EC", Crv = "P-256", X = curve.X }, new() { Kty = "EC", Crv = "P-256", X = "no base64 ?", Y = curve.Y },
        ];

        Assert.All(odd, static key => Assert.False(new IssuerKey(key, ["RS256", "ES256"]).IsUsable));
    }
}
