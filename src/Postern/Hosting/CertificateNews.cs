using Microsoft.Extensions.Logging;
using Postern.Configuration;

namespace Postern.Hosting;

/// <summary>Tells which certificates the ports show, at start and whenever one is replaced.</summary>
internal static class CertificateNews
{
    public static void Announce(LiveConfiguration live, TimeProvider clock, ILogger logger)
    {
        var told = new Dictionary<string, string>(StringComparer.Ordinal);
        live.Changed += Tell;
        Tell(live.Current);

        void Tell(PosternConfiguration configuration)
        {
            foreach (var (port, certificate) in configuration.Gateway.Certificate.Select(static certificate => ("gateway", certificate))
                .Concat(configuration.Admin.Certificate.Select(static certificate => ("admin", certificate))))
            {
                var place = $"{port} {certificate.Path}";
                if (certificate is { Loaded.TargetCertificate.Thumbprint: var shown, Validity: { } valid } && told.GetValueOrDefault(place) != shown)
                {
                    told[place] = shown;
                    TellOf(port, valid);
                }
            }
        }

        void TellOf(string port, CertificateValidity valid)
        {
            if (clock.GetUtcNow() is var now && (now < valid.From || now > valid.Until))
            {
                HostingLog.CertificateNotValid(logger, port, valid.Subject, valid.From, valid.Until);
            }
            else
            {
                HostingLog.Certificate(logger, port, valid.Subject, valid.Until);
            }
        }
    }
}
