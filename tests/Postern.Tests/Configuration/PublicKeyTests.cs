using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Postern.Configuration.Values;

namespace Postern.Tests.Configuration;

public sealed class PublicKeyTests
{
    private static readonly byte[] Signed = Encoding.ASCII.GetBytes("header.claims");

    [Fact]
    public void A_key_on_a_curve_that_is_kept_as_PEM_verifies()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        var key = Assert.Single(PublicKeys.Parse(curve.ExportSubjectPublicKeyInfoPem()));

        Assert.True(new CryptoProviderFactory().CreateForVerifying(key, "ES256").Verify(Signed, curve.SignData(Signed, HashAlgorithmName.SHA256)));
    }

    [Fact]
    public void A_key_of_RSA_that_is_kept_as_PEM_verifies()
    {
        using var rsa = RSA.Create(2048);

        var key = Assert.Single(PublicKeys.Parse(rsa.ExportSubjectPublicKeyInfoPem()));

        Assert.True(new CryptoProviderFactory().CreateForVerifying(key, "RS256").Verify(Signed, rsa.SignData(Signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("\"key\"")]
    [InlineData("""{"kty":"RSA","n":65537,"e":"AQAB"}""")]
    [InlineData("""{"kty":{}}""")]
    [InlineData("""{"kty":"RSA","key_ops":"verify"}""")]
    public void What_is_no_key_is_left_out_of_its_set(string odd)
    {
        var keys = PublicKeys.Parse($$"""{"keys":[{{odd}},{"kty":"EC","kid":"good"}]}""");

        Assert.Equal("good", Assert.Single(keys).Kid);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[]""")]
    public void What_is_no_set_is_said_to_be_none(string text) => Assert.Throws<FormatException>(() => PublicKeys.Parse(text));
}
