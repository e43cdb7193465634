using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postern.Tests.Gateway.Identity;

public sealed class ClientCertificateTests
{
    private const string Optional = ", clientCertificates: { mode: optional, ca: clients.pem }";
    private const string Required = ", clientCertificates: { mode: required, ca: clients.pem }";
    private const string ByName = "consumers: { acme: { credentials: [{ type: mtls, subjectAlternativeName: \"DNS:Acme.Example\" }, { type: api-key, key: key-acme }] } }";

    // Answered by the gateway itself, to consumers alone.
    private const string Own = "/orders/subscriptions";

    [Fact]
    public async Task A_certificate_is_its_consumer_by_a_name_in_it_and_one_without_a_consumer_is_nobody()
    {
        await using var node = await TlsNode.StartAsync(Optional, more: ByName);
        using var acme = node.Authority.IssueClient("acme.example");
        using var other = node.Authority.IssueClient("other.example");

        Assert.Equal(HttpStatusCode.OK, await node.GetAsync(Own, acme));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.GetAsync(Own, other));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.GetAsync(Own, null));
        Assert.Equal(HttpStatusCode.OK, await node.GetAsync(Own, null, headers: ("X-API-Key", "key-acme")));
    }

    [Fact]
    public async Task A_certificate_is_its_consumer_by_its_thumbprint()
    {
        await using var node = await TlsNode.StartAsync(Optional, more: ByName);
        using var acme = node.Authority.IssueClient("other.example");
        using var twin = node.Authority.IssueClient("other.example");
        node.Reconfigure(
            Optional,
            more: $"consumers: {{ acme: {{ credentials: [{{ type: mtls, thumbprint: \"{acme.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()}\" }}] }} }}");

        Assert.Equal(HttpStatusCode.OK, await node.GetAsync(Own, acme));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.GetAsync(Own, twin));
    }

    [Fact]
    public async Task What_does_not_hold_ends_in_the_handshake()
    {
        await using var node = await TlsNode.StartAsync(Optional, more: ByName);
        using var authority = new TestAuthority();
        var now = TimeProvider.System.GetUtcNow();
        using var foreign = authority.IssueClient("acme.example");
        using var expired = node.Authority.IssueClient("acme.example", until: now.AddDays(-1));
        using var server = node.Authority.IssueClient("acme.example", purpose: "1.3.6.1.5.5.7.3.1");
        using var anything = node.Authority.IssueClient("acme.example", purpose: null);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var own = new CertificateRequest("CN=acme.example", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));

        foreach (var certificate in (X509Certificate2[])[foreign, expired, server, anything, own])
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => node.GetAsync(Own, certificate));
        }
    }

    [Fact]
    public async Task Where_one_is_required_there_is_no_connection_without()
    {
        await using var node = await TlsNode.StartAsync(Required, more: ByName);
        using var acme = node.Authority.IssueClient("acme.example");

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => node.GetAsync(Own, null, headers: ("X-API-Key", "key-acme")));
        Assert.Equal(HttpStatusCode.OK, await node.GetAsync(Own, acme));
    }

    [Fact]
    public async Task An_authority_that_is_taken_out_ends_what_its_certificates_may_do_on_connections_that_stand()
    {
        await using var node = await TlsNode.StartAsync(Optional, more: ByName);
        using var acme = node.Authority.IssueClient("acme.example");
        using var client = node.Client(acme);
        Assert.Equal(HttpStatusCode.OK, await node.GetAsync(client, Own));

        using var authority = new TestAuthority();
        node.Write("clients.pem", authority.RootPem);
        node.Reconfigure(Optional, more: ByName);

        Assert.Equal(HttpStatusCode.Unauthorized, await node.GetAsync(client, Own));
    }

    [Fact]
    public async Task What_a_header_says_of_a_certificate_counts_for_nothing()
    {
        await using var node = await TlsNode.StartAsync(Optional, more: ByName);
        using var acme = node.Authority.IssueClient("acme.example");
        var pem = Uri.EscapeDataString(acme.ExportCertificatePem());
        var der = ":" + Convert.ToBase64String(acme.RawData) + ":";

        foreach (var (name, value) in ((string, string)[])
            [("Client-Cert", der), ("X-Client-Cert", pem), ("X-SSL-Client-Cert", pem), ("SSL-Client-Cert", pem), ("X-Forwarded-Client-Cert", "Cert=" + pem), ("X-SSL-Client-Verify", "SUCCESS")])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await node.GetAsync(Own, null, headers: (name, value)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(", token: a-token")]
    public async Task At_the_admin_port_a_certificate_stands_for_the_token(string token)
    {
        await using var node = await TlsNode.StartAsync(admin: Optional + token);
        using var operators = node.Authority.IssueClient("ops.example");
        var admin = $"https://localhost";

        Assert.Equal(HttpStatusCode.OK, await node.GetAsync("/api/consumers", operators, admin: true));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.GetAsync("/api/consumers", null, admin: true));
        Assert.Equal(HttpStatusCode.OK, await node.GetAsync("/readyz", null, admin: true));
        Assert.Equal(token.Length > 0 ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, await node.GetAsync("/api/consumers", null, admin: true, headers: ("Authorization", "Bearer a-token")));

        // A page of somebody else's makes the browser show its user's certificate.
        Assert.Equal(HttpStatusCode.Unauthorized, await node.GetAsync("/api/consumers", operators, admin: true, headers: ("Origin", "https://evil.example")));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.GetAsync("/api/consumers", operators, admin: true, headers: ("Origin", admin)));
    }

    [Fact]
    public async Task Each_name_is_shown_its_certificate_and_an_unknown_one_the_first()
    {
        await using var node = await TlsNode.StartAsync(
            ", certificate: [{ path: cert.pem, key: key.pem }, { path: a.pem, key: a-key.pem }, { path: b.pem, key: b-key.pem, names: ['b.example', 'third.example'] }, { path: wild.pem, key: wild-key.pem }]",
            prepare: made =>
            {
                foreach (var (file, name) in ((string, string)[])[("a", "a.example"), ("b", "b.example"), ("wild", "*.wild.example")])
                {
                    var issued = made.Authority.Issue(name);
                    made.Write(file + ".pem", issued.Pem);
                    made.Write(file + "-key.pem", issued.Key);
                }
            });

        foreach (var (name, shown) in ((string, string)[])
            [("a.example", "CN=a.example"), ("A.EXAMPLE", "CN=a.example"), ("third.example", "CN=b.example"), ("x.wild.example", "CN=*.wild.example"),
             ("x.y.wild.example", "CN=localhost"), ("wild.example", "CN=localhost"), ("unknown.example", "CN=localhost"), ("localhost", "CN=localhost")])
        {
            Assert.Equal(shown, await node.ShownAsync(name));
        }
    }
}
