using Postern.Configuration;
using Postern.Monitoring;
using static Postern.Tests.Configuration.Loading;

namespace Postern.Tests.Configuration;

public sealed class EgressKeyTests
{
    [Fact]
    public void Everything_that_is_said_about_egress_is_taken()
    {
        using var authority = new TestAuthority();
        using var folder = new TemporaryFolder();
        folder.Write("ca.pem", authority.RootPem);
        folder.Write("shop-ca.pem", authority.IssuerPem + authority.RootPem);
        var file = folder.Write("postern.yaml", """
            egress:
              allow: 127.0.0.0/8
              plainHttp: never
              ports: { allow: [443, 8000-8999], deny: [8500] }
              ca: ca.pem
              revocation: offline
              proxy: http://user:secret@proxy.internal:3128
            apis:
              shop:
                upstream: http://127.0.0.1:5080
                egress: { ca: shop-ca.pem }
            """);

        var configuration = Accepted(Source(file).Load());

        var egress = configuration.Egress;
        Assert.Equal((PlainHttp.Never, Revocation.Offline, "http://user:secret@proxy.internal:3128"), (egress.PlainHttp, egress.Revocation, egress.Proxy));
        Assert.Equal(["443", "8000-8999"], egress.Ports.Allow);
        Assert.Equal(["8500"], egress.Ports.Deny);
        Assert.Single(egress.Authorities!.Certificates);
        Assert.Equal(2, configuration.Apis["shop"].Egress.Authorities!.Certificates.Count);
        var shown = ConfigurationReport.Of(new LiveConfiguration(configuration)).Running["egress"]!.ToJsonString();
        Assert.Contains("proxy.internal:3128", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plainHttp: sometimes", "egress.plainHttp", "is not known: give one of listed, never, anywhere.")]
    [InlineData("revocation: online", "egress.revocation", "is not known: give one of none, offline.")]
    [InlineData("ports: { allow: [https] }", "egress.ports.allow[0]", "is no port")]
    [InlineData("ports: { deny: 9-1 }", "egress.ports.deny", "is no port")]
    [InlineData("proxy: socks5://127.0.0.1:1080", "egress.proxy", "is not the address of a proxy")]
    [InlineData("proxy: http://127.0.0.1:3128/path", "egress.proxy", "is not the address of a proxy")]
    [InlineData("ca: missing.pem", "egress.ca", "cannot be read")]
    [InlineData("ca: postern.yaml", "egress.ca", "must hold 1 to 50 certificates in PEM")]
    public void A_mistake_is_told_where_it_stands(string egress, string path, string message)
    {
        var error = Only(Load($"{Good}\negress: {{ {egress} }}\n"));

        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
