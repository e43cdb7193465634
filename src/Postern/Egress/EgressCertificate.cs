using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Postern.Egress;

/// <summary>Judges a receiver's certificate as the platform does, and says what is wrong with one that it refuses.</summary>
internal static class EgressCertificate
{
    /// <exception cref="EgressException">It is refused.</exception>
    public static bool Judge(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => errors == SslPolicyErrors.None
        ? true
        : throw Refusal(certificate, errors, chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) ?? 0);

    /// <summary>The worst thing first: a certificate that nobody vouches for may name any host and any time.</summary>
    internal static EgressException Refusal(X509Certificate? certificate, SslPolicyErrors errors, X509ChainStatusFlags chain) => (errors, chain) switch
    {
        _ when certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) =>
            new(EgressFailure.CertificateUntrusted, "The receiver showed no certificate."),
        _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && (chain & ~X509ChainStatusFlags.NotTimeValid) != 0 =>
            new(EgressFailure.CertificateUntrusted, $"The certificate is not trusted: {chain}."),
        _ when chain.HasFlag(X509ChainStatusFlags.NotTimeValid) =>
            new(EgressFailure.CertificateExpired, $"The certificate is out of its time: {certificate.GetEffectiveDateString()} to {certificate.GetExpirationDateString()}."),
        _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) =>
            new(EgressFailure.CertificateName, $"The certificate is for another host: {certificate.Subject}."),
        _ => new(EgressFailure.CertificateUntrusted, $"The certificate is not trusted: {errors}."),
    };
}
