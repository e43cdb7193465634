using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postern.Configuration;
using Postern.Configuration.Values;

namespace Postern.Operations.ClientCertificates;

/// <summary>Whether a client's certificate holds: chain, time, and that it was made for clients.</summary>
internal static class ClientCertificateCheck
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Why the certificate does not hold; null when it does.</summary>
    /// <param name="sent">What the client sent with it.</param>
    public static string? FindFault(
        X509Certificate2 certificate, X509Certificate2Collection sent, ClientCertificatesConfiguration configuration, DateTimeOffset now)
    {
        // RFC 5280 §4.2.1.12 lets a certificate without the extension serve any purpose: one that was made for a server's name would be a client's as well.
        if (!certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(static usage =>
            usage.EnhancedKeyUsages.Cast<Oid>().Any(static purpose => purpose.Value == ClientAuthentication)))
        {
            return "it is not made for clients (extended key usage clientAuth)";
        }

        if (configuration.Names.Count > 0 && !CertificateNames.Of(certificate).Any(configuration.Names.Contains))
        {
            return "it has none of the names that are taken";
        }

        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                // A certificate names the URL of its issuer: fetching it would dial past the guard, on behalf of a stranger.
                DisableCertificateDownloads = true,
                VerificationTime = now.UtcDateTime,
            },
        };
        chain.ChainPolicy.CustomTrustStore.AddRange(configuration.Authorities);
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return chain.Build(certificate)
            ? null
            : $"its chain does not hold: {string.Join(", ", chain.ChainStatus.Select(static status => status.Status).Distinct())}";
    }
}
