using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postern.Egress.Tls;

/// <summary>Certificates of authorities that somebody trusts besides, or in place of, the system's.</summary>
internal sealed class AuthoritySet
{
    public const int Most = 50;

    private AuthoritySet(X509Certificate2Collection certificates)
    {
        Certificates = certificates;
        Until = certificates.Min(certificate => new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(
            [.. certificates.Select(certificate => certificate.RawDataMemory.ToArray()).OrderBy(Convert.ToHexString, StringComparer.Ordinal).SelectMany(bytes => bytes)]));
    }

    public X509Certificate2Collection Certificates { get; }

    /// <summary>The same for the same certificates, in whatever order.</summary>
    public string Fingerprint { get; }

    /// <summary>The first that ends.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>Reads PEM.</summary>
    /// <returns>Null, and what is wrong with it, where it holds none, too many, or what cannot be read.</returns>
    public static (AuthoritySet? Authorities, string? Problem) Read(string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            return (null, "holds a certificate that cannot be read.");
        }

        return certificates.Count is 0 or > Most
            ? (null, $"must hold 1 to {Most} certificates in PEM; it starts with -----BEGIN CERTIFICATE-----.")
            : (new AuthoritySet(certificates), null);
    }
}
