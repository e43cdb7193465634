using System.Security.Cryptography;
using Postern.Configuration;
using Postern.Tests.Gateway.Identity.Signatures;

namespace Postern.Tests.Configuration;

public sealed class HttpSignatureKeyTests : IDisposable
{
    private const string Secret = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

    private readonly TemporaryFolder folder = new();

    public HttpSignatureKeyTests()
    {
        using var edwards = new ForeignKey("ed25519");
        using var rsa = RSA.Create(2048);
        using var small = RSA.Create(1024);
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        folder.Write("edwards.pem", edwards.PublicPem);
        folder.Write("rsa.pem", rsa.ExportSubjectPublicKeyInfoPem());
        folder.Write("small.pem", small.ExportSubjectPublicKeyInfoPem());
        folder.Write("p256.pem", p256.ExportSubjectPublicKeyInfoPem());
        folder.Write("p384.pem", p384.ExportSubjectPublicKeyInfoPem());
        folder.Write("private.pem", p256.ExportPkcs8PrivateKeyPem());
        folder.Write("both.pem", p256.ExportPkcs8PrivateKeyPem() + "\n" + p256.ExportSubjectPublicKeyInfoPem());
        folder.Write("two.pem", p256.ExportSubjectPublicKeyInfoPem() + "\n" + p384.ExportSubjectPublicKeyInfoPem());
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("algorithm: ed25519, publicKey: $file:edwards.pem")]
    [InlineData("algorithm: ecdsa-p256-sha256, publicKey: $file:p256.pem")]
    [InlineData("algorithm: ecdsa-p384-sha384, publicKey: $file:p384.pem, tolerance: 10s")]
    [InlineData("algorithm: rsa-pss-sha512, publicKey: $file:rsa.pem, tag: postern")]
    [InlineData("algorithm: rsa-v1_5-sha256, publicKey: $file:rsa.pem, covers: ['@target-uri', x-tenant]")]
    [InlineData($"algorithm: hmac-sha256, secret: {Secret}, covers: date, id: signer, expires: 2030-01-01T00:00:00Z, scopes: read")]
    public void Every_algorithm_is_taken_with_its_key(string credential) => Loading.Accepted(Load(Consumer("acme", "keyId: acme-1, " + credential)));

    [Theory]
    [InlineData("algorithm: ed25519", "publicKey", "needs the public key in PEM")]
    [InlineData("algorithm: hmac-sha256", "secret", "needs 32 to 128 random bytes")]
    [InlineData("algorithm: hmac-sha256, secret: c2hvcnQ=", "secret", "openssl rand -base64 32")]
    [InlineData("algorithm: hmac-sha256, publicKey: $file:p256.pem", "publicKey", "has a secret alone")]
    [InlineData($"algorithm: ed25519, secret: {Secret}", "secret", "has a public key (publicKey) alone")]
    [InlineData($"algorithm: ed25519, publicKey: $file:edwards.pem, secret: {Secret}", "secret", "has a public key (publicKey) alone")]
    [InlineData("algorithm: ed25519, publicKey: $file:p256.pem", "publicKey", "is not a key of Ed25519")]
    [InlineData("algorithm: ecdsa-p256-sha256, publicKey: $file:p384.pem", "publicKey", "is not a key on P-256")]
    [InlineData("algorithm: ecdsa-p384-sha384, publicKey: $file:p256.pem", "publicKey", "is not a key on P-384")]
    [InlineData("algorithm: ecdsa-p256-sha256, publicKey: $file:rsa.pem", "publicKey", "is not a key on P-256, which ecdsa-p256-sha256 needs.")]
    [InlineData("algorithm: rsa-pss-sha512, publicKey: $file:p256.pem", "publicKey", "is not an RSA key of 2048 to 8192 bits, which rsa-pss-sha512 needs.")]
    [InlineData("algorithm: rsa-pss-sha512, publicKey: $file:edwards.pem", "publicKey", "is not an RSA key of 2048 to 8192 bits, which rsa-pss-sha512 needs.")]
    [InlineData("algorithm: rsa-pss-sha512, publicKey: $file:small.pem", "publicKey", "2048 to 8192 bits")]
    [InlineData("algorithm: ecdsa-p256-sha256, publicKey: $file:private.pem", "publicKey", "-pubout")]
    [InlineData("algorithm: ecdsa-p256-sha256, publicKey: $file:both.pem", "publicKey", "not one public key")]
    [InlineData("algorithm: ecdsa-p256-sha256, publicKey: $file:two.pem", "publicKey", "not one public key")]
    [InlineData("algorithm: ecdsa-p256-sha256, publicKey: p256.pem", "publicKey", "not one public key")]
    [InlineData($"algorithm: hmac-sha512, secret: {Secret}", "algorithm", "Did you mean 'hmac-sha256'?")]
    [InlineData($"algorithm: hmac-sha256, secret: {Secret}, covers: ['@status']", "covers", "is no component of a request")]
    [InlineData($"algorithm: hmac-sha256, secret: {Secret}, covers: [X-Tenant]", "covers", "in small letters")]
    [InlineData($"algorithm: hmac-sha256, secret: {Secret}, tolerance: 16m", "tolerance", "10s to 15m")]
    [InlineData($"algorithm: hmac-sha256, secret: {Secret}, tag: 'a b'", "tag", "visible characters")]
    [InlineData($"secret: {Secret}", "algorithm", "is missing")]
    public void A_mistake_is_told_where_it_is_and_no_key_with_it(string credential, string key, string message)
    {
        var error = Loading.Only(Load(Consumer("acme", "keyId: acme-1, " + credential)));

        Assert.StartsWith($"consumers.acme.credentials[0].{key}", error.Path, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("-----BEGIN PRIVATE", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("keyId: one", $"secret: {Secret}", "acme has the key id 'one' too")]
    [InlineData("keyId: two", $"secret: {Secret}", "acme has the same key too")]
    public void Neither_the_id_of_a_key_nor_the_key_belongs_to_two(string id, string secret, string message)
    {
        var error = Loading.Only(Load(
            $"consumers: {{ acme: {{ credentials: [{{ type: http-signature, keyId: one, algorithm: hmac-sha256, secret: {Secret} }}] }}, "
            + $"globex: {{ credentials: [{{ type: http-signature, {id}, algorithm: hmac-sha256, {secret} }}] }} }}"));

        Assert.Equal("consumers.globex.credentials", error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_can_take_signatures_alone() => Loading.Accepted(Load("    auth: { accept: http-signature }"));

    private static string Consumer(string name, string credential) => $"consumers: {{ {name}: {{ credentials: [{{ type: http-signature, {credential} }}] }} }}";

    private ConfigurationResult Load(string line) => Loading.Source(folder.Write("postern.yaml", Loading.Good + "\n" + line)).Load();
}
