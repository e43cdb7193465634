using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Postern.Configuration;
using Postern.Configuration.Values;
using RabbitMQ.Client;

namespace Postern.RabbitMq;

/// <summary>What the broker has to prove, and what is shown to it.</summary>
internal static class BrokerTls
{
    public static SslOption Of(BrokerAddress address, HubConfiguration hub) => new()
    {
        Enabled = address.Tls,
        ServerName = address.Host,
        ClientCertificateContext = hub.Certificate?.Loaded,
        CertificateValidationCallback = (_, certificate, presented, errors) =>
            errors == SslPolicyErrors.None
            || (errors == SslPolicyErrors.RemoteCertificateChainErrors && IsOf(hub.Authorities?.Certificates, certificate as X509Certificate2, presented)),
    };

    // The system does not know who issued it; the operator's own authorities may.
    private static bool IsOf(X509Certificate2Collection? authorities, X509Certificate2? certificate, X509Chain? presented)
    {
        if (authorities is null || certificate is null)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        foreach (var element in presented?.ChainElements.AsEnumerable() ?? [])
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(certificate);
    }
}
