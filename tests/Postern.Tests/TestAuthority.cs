using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postern.Tests;

/// <summary>A certificate authority of a test's own: a root that clients trust, and an authority below it that issues.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow().AddDays(-20);

    private readonly X509Certificate2 root = SelfSign("CN=Postern test root");
    private readonly X509Certificate2 issuing;

    public TestAuthority() => issuing = Sign("CN=Postern test issuer", root, authority: true, Start.AddYears(4));

    public string RootPem => root.ExportCertificatePem() + "\n";

    public string IssuerPem => issuing.ExportCertificatePem() + "\n";

    /// <summary>For a client that trusts this authority alone.</summary>
    public X509ChainPolicy Trust() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { root }, RevocationMode = X509RevocationMode.NoCheck,
    };

    /// <summary>A certificate for localhost and 127.0.0.1, or for another host alone.</summary>
    public TestCertificate Issue(string name = "localhost", DateTimeOffset? until = null)
    {
        using var own = Sign($"CN={name}", issuing, authority: false, until ?? Start.AddYears(1), name);
        using var key = own.GetECDsaPrivateKey()!;
        return new TestCertificate
        {
            Pem = own.ExportCertificatePem() + "\n" + IssuerPem,
            Key = key.ExportPkcs8PrivateKeyPem() + "\n",
            EncryptedKey = key.ExportEncryptedPkcs8PrivateKeyPem(
                TestCertificate.Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000)) + "\n",
            Pfx = new X509Certificate2Collection { own, X509CertificateLoader.LoadCertificate(issuing.RawData) }
                .Export(X509ContentType.Pkcs12, TestCertificate.Password)!,
            Thumbprint = own.Thumbprint,
        };
    }

    /// <summary>A certificate that a client shows, with the issuer's beside it in the handshake.</summary>
    /// <param name="host">Its name, <c>DNS:</c>.</param>
    /// <param name="purpose">Its extended key usage, clientAuth by default; null: none.</param>
    public X509Certificate2 IssueClient(string host, string? purpose = "1.3.6.1.5.5.7.3.2", DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request("CN=client", key, authority: false, host);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        if (purpose is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        }

        using var signed = request.Create(issuing, Start, until ?? Start.AddYears(1), RandomNumberGenerator.GetBytes(12));
        return signed.CopyWithPrivateKey(key);
    }

    public X509Certificate2 IssuerCertificate => X509CertificateLoader.LoadCertificate(issuing.RawData);

    public void Dispose()
    {
        issuing.Dispose();
        root.Dispose();
    }

    private static X509Certificate2 SelfSign(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Request(subject, key, authority: true).CreateSelfSigned(Start, Start.AddYears(5));
    }

    private static X509Certificate2 Sign(string subject, X509Certificate2 issuer, bool authority, DateTimeOffset until, string host = "localhost")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Request(subject, key, authority, host).Create(issuer, Start, until, RandomNumberGenerator.GetBytes(12));
        return signed.CopyWithPrivateKey(key);
    }

    private static CertificateRequest Request(string subject, ECDsa key, bool authority, string host = "localhost")
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, critical: true));
        if (!authority)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(host);
            if (host == "localhost")
            {
                names.AddIpAddress(IPAddress.Loopback);
            }

            request.CertificateExtensions.Add(names.Build());
        }

        return request;
    }
}

/// <summary>A certificate as its files hold it.</summary>
public sealed record TestCertificate
{
    public const string Password = "a test's password";

    /// <summary>Its own, then its issuer's.</summary>
    public required string Pem { get; init; }

    public required string Key { get; init; }

    public required string EncryptedKey { get; init; }

    public required byte[] Pfx { get; init; }

    public required string Thumbprint { get; init; }
}
