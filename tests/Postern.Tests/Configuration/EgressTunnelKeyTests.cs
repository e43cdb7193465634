using Postern.Configuration;
using Postern.Monitoring;
using static Postern.Tests.Configuration.Loading;

namespace Postern.Tests.Configuration;

public sealed class EgressTunnelKeyTests : IDisposable
{
    private const string Certificate = "certificate: { path: cert.pem, key: key.pem }";

    private readonly TestAuthority authority = new();
    private readonly TemporaryFolder folder = new();

    public EgressTunnelKeyTests()
    {
        var certificate = authority.Issue(until: TimeProvider.System.GetUtcNow().AddDays(3));
        folder.Write("ca.pem", authority.RootPem);
        folder.Write("cert.pem", certificate.Pem);
        folder.Write("key.pem", certificate.EncryptedKey);
    }

    public void Dispose()
    {
        folder.Dispose();
        authority.Dispose();
    }

    [Fact]
    public void Everything_that_is_said_about_the_listener_is_taken_and_shown_without_its_secrets()
    {
        var configuration = Accepted(Load(
            "listener: { listen: \"https://10.0.0.5:8082\", certificate: { path: cert.pem, key: key.pem, password: \"a test's password\" }, ca: ca.pem, "
            + "nodes: [\"DNS:Worker.Internal\", \"URI:spiffe://example.com/worker\"], maxTunnels: 20 }"));

        var listener = configuration.Egress.Listener!;
        Assert.Equal(("https://10.0.0.5:8082", 20), (listener.Listen, listener.MaxTunnels));
        Assert.Equal(["DNS:worker.internal", "URI:spiffe://example.com/worker"], listener.Clients.Names);
        Assert.Equal(ClientCertificateMode.Required, listener.Clients.Mode);
        Assert.Single(listener.Clients.Authorities);
        var shown = ConfigurationReport.Of(new LiveConfiguration(configuration)).Running["egress"]!.ToJsonString();
        Assert.Contains("DNS:worker.internal", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("test's", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("test\\u0027s", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_said_about_the_gateways_is_taken_and_shown_without_its_secrets()
    {
        var configuration = Accepted(Load(
            "gateway: { addresses: [\"https://gateway-1.internal:8082\", \"https://[fd00::1]:8082\"], certificate: { path: cert.pem, key: key.pem, password: \"a test's password\" }, ca: ca.pem }"));

        var gateway = configuration.Egress.Gateway!;
        Assert.Equal(["https://gateway-1.internal:8082", "https://[fd00::1]:8082"], gateway.Addresses);
        Assert.Single(gateway.Authorities!.Certificates);
        Assert.NotNull(gateway.Certificate.Loaded);
        var shown = ConfigurationReport.Of(new LiveConfiguration(configuration)).Running["egress"]!.ToJsonString();
        Assert.Contains("gateway-1.internal", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("test\\u0027s", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void What_ends_soon_is_told_with_its_key()
    {
        var now = TimeProvider.System.GetUtcNow();
        string[] Ending(string egress) =>
        [
            .. CertificateExpiry.All(Accepted(Load(egress))).Where(entry => CertificateExpiry.FindFault(entry.Validity, now) is not null).Select(entry => entry.Path),
        ];
        const string Sealed = "certificate: { path: cert.pem, key: key.pem, password: \"a test's password\" }";

        Assert.Equal(["egress.listener.certificate"], Ending($"listener: {{ listen: \"https://127.0.0.1:8082\", {Sealed}, ca: ca.pem }}"));
        Assert.Equal(["egress.gateway.certificate"], Ending($"gateway: {{ addresses: \"https://127.0.0.1:8082\", {Sealed}, ca: ca.pem }}"));
    }

    [Theory]
    [InlineData("listener: { listen: \"http://127.0.0.1:8082\", CERT, ca: ca.pem }", "egress.listener.listen", "speaks no TLS: write https://HOST:PORT.")]
    [InlineData("listener: { listen: \"https://127.0.0.1:8080\", CERT, ca: ca.pem }", "egress.listener.listen", "takes the port of gateway.listen")]
    [InlineData("listener: { listen: \"https://0.0.0.0:8081\", CERT, ca: ca.pem }", "egress.listener.listen", "takes the port of admin.listen")]
    [InlineData("listener: { CERT, ca: ca.pem }", "egress.listener.listen", "is missing.")]
    [InlineData("listener: { listen: \"https://127.0.0.1:8082\", ca: ca.pem }", "egress.listener.certificate", "is missing.")]
    [InlineData("listener: { listen: \"https://127.0.0.1:8082\", CERT }", "egress.listener.ca", "is missing.")]
    [InlineData("listener: { listen: \"https://127.0.0.1:8082\", CERT, ca: missing.pem }", "egress.listener.ca", "cannot be read")]
    [InlineData("listener: { listen: \"https://127.0.0.1:8082\", CERT, ca: ca.pem, nodes: worker }", "egress.listener.nodes", "is not a name of a certificate")]
    [InlineData("gateway: { addresses: \"http://gateway.internal:8082\", CERT, ca: ca.pem }", "egress.gateway.addresses", "speaks no TLS: write https://HOST:PORT.")]
    [InlineData("gateway: { addresses: \"https://gateway.internal:8082/path\", CERT, ca: ca.pem }", "egress.gateway.addresses", "has more than scheme, host and port")]
    [InlineData("gateway: { addresses: \"https://gateway.internal:8082\", CERT }", "egress.gateway.ca", "is missing.")]
    [InlineData("gateway: { addresses: \"https://gateway.internal:8082\", CERT, ca: key.pem }", "egress.gateway.ca", "certificate")]
    [InlineData("proxy: \"http://127.0.0.1:3128\", gateway: { addresses: \"https://gateway.internal:8082\", CERT, ca: ca.pem }", "egress.proxy", "is not used")]
    [InlineData(
        "listener: { listen: \"https://127.0.0.1:8082\", CERT, ca: ca.pem }, gateway: { addresses: \"https://gateway.internal:8082\", CERT, ca: ca.pem }",
        "egress.gateway", "does not go with egress.listener")]
    public void A_mistake_is_told_where_it_stands(string egress, string path, string message)
    {
        folder.Write("key.pem", Plain());

        var error = Only(Load(egress.Replace("CERT", Certificate, StringComparison.Ordinal)));

        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private string Plain()
    {
        var certificate = authority.Issue();
        folder.Write("cert.pem", certificate.Pem);
        return certificate.Key;
    }

    private ConfigurationResult Load(string egress) => Source(folder.Write("postern.yaml", $"{Good}\negress: {{ {egress} }}\n")).Load();
}
