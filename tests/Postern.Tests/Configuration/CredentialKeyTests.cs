using System.Security.Cryptography;
using Postern.Configuration;

namespace Postern.Tests.Configuration;

public sealed class CredentialKeyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public CredentialKeyTests()
    {
        using var rsa = RSA.Create(2048);
        using var small = RSA.Create(1024);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = new TestAuthority();
        folder.Write("rsa.pem", rsa.ExportSubjectPublicKeyInfoPem());
        folder.Write("small.pem", small.ExportSubjectPublicKeyInfoPem());
        folder.Write("curve.pem", curve.ExportSubjectPublicKeyInfoPem());
        folder.Write("private.pem", rsa.ExportPkcs8PrivateKeyPem());
        folder.Write("text.json", "no keys");
        folder.Write("root.pem", authority.RootPem);
        folder.Write("issuer.pem", authority.IssuerPem);
        var issued = authority.Issue();
        folder.Write("cert.pem", issued.Pem);
        folder.Write("key.pem", issued.Key);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("keys: { file: rsa.pem }")]
    [InlineData("keys: { file: curve.pem }, algorithms: ES256")]
    [InlineData("keys: { jwks: 'https://login.example.com/keys', staleFor: 1h }, clockSkew: 0s")]
    [InlineData("keys: { discovery: 'https://login.example.com/.well-known/openid-configuration' }")]
    [InlineData("clockSkew: 60s, scopesClaim: scp")]
    [InlineData("algorithms: [HS256, HS512], keys: { secret: 0123456789012345678901234567890123456789012345678901234567890123 }")]
    public void Every_way_to_have_the_keys_of_an_issuer_is_taken(string more) => Loading.Accepted(Load(Issuer(more), Consumer("issuer: login, claims: { sub: acme }")));

    [Theory]
    [InlineData("keys: { file: rsa.pem, jwks: 'https://login.example.com/keys' }", "identity.issuers.login.keys", "more than one place")]
    [InlineData("keys: { file: small.pem }", "identity.issuers.login.keys.file", "RSA needs 2048 bits")]
    [InlineData("keys: { file: curve.pem }, algorithms: [RS256]", "identity.issuers.login.keys.file", "holds no key for RS256")]
    [InlineData("keys: { file: private.pem }", "identity.issuers.login.keys.file", "no public key")]
    [InlineData("keys: { file: text.json }", "identity.issuers.login.keys.file", "neither a JWK Set nor PEM")]
    [InlineData("keys: { file: missing.json }", "identity.issuers.login.keys.file", "cannot be read")]
    [InlineData("keys: { secret: short }, algorithms: HS256", "identity.issuers.login.keys.secret", "32 bytes")]
    [InlineData("keys: { secret: 01234567890123456789012345678901 }, algorithms: [HS256, RS256]", "identity.issuers.login.algorithms", "do not go together")]
    [InlineData("keys: { secret: 01234567890123456789012345678901 }", "identity.issuers.login.algorithms", "do not go together")]
    [InlineData("keys: { file: rsa.pem }, algorithms: HS256", "identity.issuers.login.algorithms", "do not go together")]
    [InlineData("algorithms: none", "identity.issuers.login.algorithms", "not a signature algorithm")]
    [InlineData("clockSkew: 61s", "identity.issuers.login.clockSkew", "out of range")]
    [InlineData("keys: { jwks: 'ftp://login.example.com/keys' }", "identity.issuers.login.keys.jwks", "write https://")]
    public void A_mistake_in_an_issuer_is_told_where_it_is(string more, string path, string message) => Told(Load(Issuer(more)), path, message);

    [Theory]
    [InlineData("issuer: logon, claims: { sub: acme }", "not in identity.issuers")]
    [InlineData("issuer: login, claims: {}", "say nothing of the token")]
    public void A_credential_names_a_known_issuer_and_some_claims(string credential, string message) =>
        Told(Load(Issuer("keys: { file: rsa.pem }"), Consumer(credential)), "consumers.acme.credentials", message);

    [Fact]
    public void An_issuer_that_is_no_address_needs_keys() =>
        Told(Load("identity: { issuers: { login: { issuer: login, audience: postern } } }"), "identity.issuers.login.keys", "is no address");

    [Theory]
    [InlineData("mode: optional", "gateway.clientCertificates.ca", "is missing")]
    [InlineData("ca: root.pem", "gateway.clientCertificates.mode", "is none")]
    [InlineData("mode: required, ca: issuer.pem", "gateway.clientCertificates.ca", "no root")]
    [InlineData("mode: required, ca: cert.pem", "gateway.clientCertificates.ca", "is no authority")]
    [InlineData("mode: required, ca: text.json", "gateway.clientCertificates.ca", "no certificate in PEM")]
    [InlineData("mode: sometimes, ca: root.pem", "gateway.clientCertificates.mode", "give one of")]
    public void A_mistake_in_client_certificates_is_told_where_it_is(string clients, string path, string message) =>
        Told(Load($"gateway: {{ listen: 'https://127.0.0.1:8443', certificate: {{ path: cert.pem, key: key.pem }}, clientCertificates: {{ {clients} }} }}"), path, message);

    [Fact]
    public void Client_certificates_need_TLS_and_their_credentials_need_them()
    {
        Told(Load("gateway: { clientCertificates: { mode: optional, ca: root.pem } }"), "gateway.clientCertificates", "speaks no TLS");
        Told(Load("consumers: { acme: { credentials: [{ type: mtls, subjectAlternativeName: 'DNS:acme.example' }] } }"), "consumers.acme.credentials", "never shown");
    }

    [Fact]
    public void A_signing_secret_is_whole_belongs_to_one_consumer_and_is_no_way_into_an_API()
    {
        const string Signed = "credentials: [{ type: webhook-signature, secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw }]";
        Loading.Accepted(Load($"consumers: {{ acme: {{ {Signed} }} }}"));
        Told(Load($"consumers: {{ acme: {{ {Signed} }}, globex: {{ {Signed} }} }}"), "consumers.globex.credentials", "acme has the same signing secret too");
        Told(Load("consumers: { acme: { credentials: [{ type: webhook-signature, secret: whsec_c2hvcnQ= }] } }"), "consumers.acme.credentials", "24 to 64 random bytes");
        Told(Load("consumers: { acme: { credentials: [{ type: webhook-signature, secret: MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw }] } }"), "consumers.acme.credentials", "write whsec_");
        Told(Load("    auth: { accept: webhook-signature }"), "apis.shop.auth.accept", "give one of");
    }

    [Fact]
    public void The_admin_port_may_listen_to_the_world_with_client_certificates_in_place_of_a_token()
    {
        const string Admin = "admin: { listen: 'https://0.0.0.0:8444', certificate: { path: cert.pem, key: key.pem }";
        Told(Load(Admin + " }"), "admin.listen", "admin.clientCertificates");
        Loading.Accepted(Load(Admin + ", clientCertificates: { mode: required, ca: root.pem } }"));
    }

    [Theory]
    [InlineData(15, null)]
    [InlineData(13.5, "it expires in 13 days: replace its file")]
    [InlineData(1.5, "it expires in 36 h: replace its file")]
    [InlineData(-1, "it has expired")]
    public void Certificates_are_told_of_fourteen_days_ahead(double days, string? told)
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(told, CertificateExpiry.FindFault(new CertificateValidity("CN=a", now.AddYears(-1), now.AddDays(days)), now));
    }

    [Fact]
    public void Authorities_of_clients_are_looked_after_as_well()
    {
        var configuration = Loading.Accepted(Load(
            "gateway: { listen: 'https://127.0.0.1:8443', certificate: [{ path: cert.pem, key: key.pem }, { path: cert.pem, key: key.pem }], clientCertificates: { mode: optional, ca: [root.pem, issuer.pem] } }"));

        string[] places = ["gateway.certificate", "gateway.certificate", "gateway.clientCertificates.ca", "gateway.clientCertificates.ca"];
        Assert.Equal(places, CertificateExpiry.All(configuration).Select(static certificate => certificate.Path));
    }

    private static string Issuer(string more) => $"identity: {{ issuers: {{ login: {{ issuer: 'https://login.example.com', audience: postern, {more} }} }} }}";

    private static string Consumer(string jwt) => $"consumers: {{ acme: {{ credentials: [{{ type: jwt, {jwt} }}] }} }}";

    private static void Told(ConfigurationResult result, string path, string message)
    {
        var error = Loading.Only(result);
        Assert.Equal(path, error.Path.Split('[')[0]);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private ConfigurationResult Load(params IEnumerable<string> lines) =>
        Loading.Source(folder.Write("postern.yaml", string.Join('\n', lines.Prepend(Loading.Good)))).Load();
}
