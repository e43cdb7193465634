using Postern.Configuration;
using Postern.Server.Commands;

namespace Postern.Tests.Configuration;

public sealed class CertificateTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TestAuthority authority = new();
    private readonly TestCertificate certificate;

    public CertificateTests()
    {
        certificate = authority.Issue();
        folder.Write("cert.pem", certificate.Pem);
        folder.Write("key.pem", certificate.Key);
        folder.Write("locked.pem", certificate.EncryptedKey);
        folder.Write("both.pem", certificate.Pem + certificate.Key);
        folder.Write("other.pem", authority.Issue().Key);
        folder.Write("issuer-first.pem", authority.IssuerPem + certificate.Pem);
        folder.Write("text.pem", "no certificate at all");
        folder.Write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        folder.Write("broken-key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        File.WriteAllBytes(folder.Of("cert.pfx"), certificate.Pfx);
    }

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("path: cert.pem, key: key.pem")]
    [InlineData("path: both.pem")]
    [InlineData("path: cert.pem, key: locked.pem, password: $env:PASSWORD")]
    [InlineData("path: cert.pfx, password: $env:PASSWORD")]
    public void Every_way_to_write_a_certificate_gives_key_and_chain(string keys)
    {
        var loaded = Loading.Accepted(Load($"gateway: {{ listen: https://127.0.0.1:8443, certificate: {{ {keys} }} }}")).Gateway.Certificate[0].Loaded!;

        Assert.Equal(certificate.Thumbprint, loaded.TargetCertificate.Thumbprint);
        Assert.True(loaded.TargetCertificate.HasPrivateKey);
        Assert.Equal("CN=Postern test issuer", Assert.Single(loaded.IntermediateCertificates).Subject);
    }

    [Fact]
    public void Both_ports_have_one_of_their_own_and_their_files_are_watched()
    {
        var result = Load(
            "gateway: { listen: https://127.0.0.1:8443, certificate: { path: cert.pem, key: key.pem } }",
            "admin: { listen: https://127.0.0.1:8444, certificate: { path: cert.pfx, password: $env:PASSWORD } }");

        Assert.NotNull(Loading.Accepted(result).Admin.Certificate[0].Loaded);
        string[] watched = [folder.Of("cert.pem"), folder.Of("cert.pfx"), folder.Of("key.pem"), folder.Of("postern.yaml")];
        Assert.Equal(watched, result.Files.Select(file => file.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("listen: https://127.0.0.1:8443", "gateway.listen", "set gateway.certificate")]
    [InlineData("certificate: { path: cert.pem, key: key.pem }", "gateway.certificate", "write https://")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: { key: key.pem }", "gateway.certificate.path", "is missing")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: cert.pem", "gateway.certificate", "mapping with the keys path, key, password")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: { path: gone.pem, key: key.pem }", "gateway.certificate.path", "'gone.pem' cannot be read")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: { path: cert.pem, key: gone.pem }", "gateway.certificate.key", "'gone.pem' cannot be read")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: { path: ., key: key.pem }", "gateway.certificate.path", "'.' cannot be read")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: { path: text.pem, key: key.pem }", "gateway.certificate.path", "no certificate in PEM")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: { path: broken.pem, key: key.pem }", "gateway.certificate.path", "cannot be read (")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: { path: cert.pem, key: text.pem }", "gateway.certificate.key", "no private key in PEM")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: { path: cert.pem, key: broken-key.pem }", "gateway.certificate.key", "does not match")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: { path: cert.pem, key: other.pem }", "gateway.certificate.key", "does not match the first certificate in 'cert.pem'")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: { path: issuer-first.pem, key: key.pem }", "gateway.certificate.key", "own certificate first")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: { path: cert.pem }", "gateway.certificate.path", "name the file that holds it at gateway.certificate.key")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: { path: cert.pem, key: locked.pem }", "gateway.certificate.key", "set gateway.certificate.password")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: { path: cert.pem, key: locked.pem, password: wrong }", "gateway.certificate.key", "or the password is wrong")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: { path: cert.pfx, password: wrong }", "gateway.certificate.path", "gateway.certificate.password is not its password")]
    [InlineData("listen: https://127.0.0.1:8443, certificate: { path: cert.pfx, key: key.pem, password: x }", "gateway.certificate.key", "remove it")]
    [InlineData("listen: ftp://127.0.0.1:8443", "gateway.listen", "starts with ftp")]
    [InlineData("listen: https://127.0.0.1:8081, certificate: { path: cert.pem, key: key.pem }", "gateway.listen", "takes the port of admin.listen")]
    public void A_mistake_with_a_certificate_is_one_error_with_its_place(string gateway, string path, string message)
    {
        var error = Loading.Only(Load($"gateway: {{ {gateway} }}"));

        Assert.Equal((path, 4), (error.Path, error.Line!.Value));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_of_the_admin_port_is_held_to_the_same_rules()
    {
        Assert.Equal("admin.listen", Loading.Only(Load("admin: { listen: https://127.0.0.1:8444 }")).Path);
        Assert.Equal("admin.certificate", Loading.Only(Load("admin: { certificate: { path: cert.pem, key: key.pem } }")).Path);
    }

    [Theory]
    [InlineData("$file:key.pem")]
    [InlineData("$env:KEY")]
    [InlineData("\"-----BEGIN PRIVATE KEY-----\\nhush\\n\"")]
    public void A_key_where_its_path_belongs_is_refused_and_not_shown(string key)
    {
        var result = Load($"gateway: {{ listen: https://127.0.0.1:8443, certificate: {{ path: cert.pem, key: {key} }} }}");

        var error = Loading.Only(result);
        Assert.Equal("gateway.certificate.key", error.Path);
        Assert.Contains("give the path", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("BEGIN", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_expired_certificate_is_taken_and_the_summary_warns_of_it()
    {
        var expired = authority.Issue(until: TimeProvider.System.GetUtcNow().AddDays(-1));
        folder.Write("cert.pem", expired.Pem);
        folder.Write("key.pem", expired.Key);
        const string Yaml = "gateway: { listen: https://127.0.0.1:8443, certificate: { path: cert.pem, key: key.pem } }";
        var result = Load(Yaml);
        var loaded = new LoadedConfiguration(Loading.Accepted(result), Loading.Source(folder.Of("postern.yaml")), result.Files);
        var now = TimeProvider.System.GetUtcNow();

        Assert.Contains("WARNING: it has expired", ConfigurationSummary.Write(loaded, now), StringComparison.Ordinal);
        Assert.Contains("WARNING: it is not valid yet", ConfigurationSummary.Write(loaded, now.AddYears(-1)), StringComparison.Ordinal);
        var earlier = ConfigurationSummary.Write(loaded, now.AddDays(-16));
        Assert.Contains("CN=localhost, valid ", earlier, StringComparison.Ordinal);
        Assert.DoesNotContain("WARNING", earlier, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewed_certificate_is_taken_and_a_key_that_does_not_match_leaves_the_last_good_one()
    {
        Load("gateway: { listen: https://127.0.0.1:8443, certificate: { path: cert.pem, key: key.pem } }");
        await using var watching = await Watching.StartAsync(Loading.Source(folder.Of("postern.yaml")));
        var renewed = authority.Issue();

        folder.Write("cert.pem", renewed.Pem);
        await Watching.UntilAsync(() => watching.Live.LastRejected is not null);
        Assert.Equal("gateway.certificate.key", Assert.Single(watching.Live.LastRejected!.Errors).Path);
        Assert.Equal(certificate.Thumbprint, Shown(watching));

        folder.Write("key.pem", renewed.Key);
        await Watching.UntilAsync(() => Shown(watching) == renewed.Thumbprint);
    }

    [Fact]
    public void Another_scheme_needs_a_restart_and_another_certificate_file_does_not()
    {
        const string Https = "gateway: { listen: https://127.0.0.1:8443, certificate: { path: cert.pem, key: key.pem } }";
        var running = Loading.Accepted(Load(Https));
        var source = Loading.Source(folder.Of("postern.yaml"), null, ("PASSWORD", TestCertificate.Password));

        Load(Https.Replace("cert.pem, key: key.pem", "cert.pfx, password: $env:PASSWORD", StringComparison.Ordinal));
        Assert.Equal(folder.Of("cert.pfx"), Path.GetFullPath(Loading.Accepted(ConfigurationFile.Reload(source, running)).Gateway.Certificate[0].Path, folder.Root));

        Load("gateway: { listen: http://127.0.0.1:8443 }");
        Assert.Equal("gateway.listen", Loading.Only(ConfigurationFile.Reload(source, running)).Path);
    }

    private static string Shown(Watching watching) => watching.Live.Current.Gateway.Certificate[0].Loaded!.TargetCertificate.Thumbprint;

    /// <summary>What is given stands below a good file of three lines.</summary>
    private ConfigurationResult Load(params IEnumerable<string> lines) => Loading.Source(
        folder.Write("postern.yaml", string.Join('\n', lines.Prepend(Loading.Good))),
        null,
        ("PASSWORD", TestCertificate.Password), ("KEY", certificate.Key)).Load();
}
