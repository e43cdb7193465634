using System.Security.Cryptography.X509Certificates;
using Postern.Configuration;

namespace Postern.Operations.ClientCertificates;

/// <summary>
/// The certificate that a client showed and proved to have in the handshake; a feature of the connection, so that nothing in a request can
/// change it.
/// </summary>
internal sealed class ClientCertificate(X509Certificate2 certificate, X509Certificate2Collection sent)
{
    // What it was judged by last, and the verdict: connections live on over a change of the configuration.
    private volatile Verdict? last;

    public X509Certificate2 Certificate => certificate;

    /// <summary>Whether it holds now, under the authorities of now.</summary>
    public bool Holds(ClientCertificatesConfiguration configuration, DateTimeOffset now) => FindFault(configuration, now) is null;

    /// <summary>Why it does not hold; null when it does.</summary>
    public string? FindFault(ClientCertificatesConfiguration configuration, DateTimeOffset now)
    {
        if (configuration.Mode == ClientCertificateMode.None)
        {
            return "client certificates are not taken any more";
        }

        if (last is not { } verdict || !ReferenceEquals(verdict.Configuration, configuration) || now >= verdict.Until)
        {
            last = verdict = new Verdict(configuration, ClientCertificateCheck.FindFault(certificate, sent, configuration, now), Until(now));
        }

        return verdict.Fault;
    }

    // The certificates above it may end before it does.
    private DateTimeOffset Until(DateTimeOffset now)
    {
        DateTimeOffset hour = now.AddHours(1), end = certificate.NotAfter;
        return now < end && end < hour ? end : hour;
    }

    private sealed record Verdict(ClientCertificatesConfiguration Configuration, string? Fault, DateTimeOffset Until);
}
