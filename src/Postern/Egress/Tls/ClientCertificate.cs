using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postern.Egress.Tls;

/// <summary>What a connection proves itself with to a receiver that asks for it, with its key and those between it and the root.</summary>
internal sealed class ClientCertificate
{
    private ClientCertificate(X509Certificate2 own, X509Certificate2Collection chain)
    {
        // Offline: nothing is fetched for a handshake, neither a missing certificate of the chain nor its revocation.
        Context = SslStreamCertificateContext.Create(own, chain, offline: true);
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData([.. chain.SelectMany(certificate => certificate.RawDataMemory.ToArray())]));
        Subject = own.Subject;
        Until = own.NotAfter.ToUniversalTime();
    }

    public SslStreamCertificateContext Context { get; }

    public string Fingerprint { get; }

    public string Subject { get; }

    public DateTimeOffset Until { get; }

    /// <summary>Reads PEM: the certificate itself first, then those between it and the root.</summary>
    /// <returns>Null, and what is wrong with it. No problem repeats what was given.</returns>
    public static (ClientCertificate? Certificate, string? Problem) Read(string pem, string key)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem);
            if (chain.Count is 0 or > AuthoritySet.Most)
            {
                return (null, "must hold a certificate in PEM; it starts with -----BEGIN CERTIFICATE-----.");
            }

            var own = X509Certificate2.CreateFromPem(pem, key);

            // Schannel takes no key that exists in memory only.
            return (new ClientCertificate(OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null) : own, chain), null);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return (null, "does not match its key, or one of them cannot be read: give the unencrypted private key in PEM that the first certificate was issued for.");
        }
    }
}
