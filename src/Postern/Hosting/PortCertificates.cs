using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Postern.Configuration;

namespace Postern.Hosting;

/// <summary>What the ports show in a handshake: always the certificate that is configured now.</summary>
internal static class PortCertificates
{
    // Forward secrecy and authenticated encryption alone: of what TLS 1.2 offers besides, CBC has been broken again and again.
    // Windows has a list of the machine instead.
    private static readonly CipherSuitesPolicy? Suites = OperatingSystem.IsWindows() ? null : new(
    [
        TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    ]);

    /// <summary>Each new connection takes the certificate of its moment; those that stand keep theirs.</summary>
    public static TlsHandshakeCallbackOptions Handshake(Func<CertificateConfiguration?> current) => new()
    {
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            // The whole chain, which a plain certificate selector would leave out.
            ServerCertificateContext = current()!.Loaded,
            // RFC 8996: nothing below TLS 1.2, whatever the system would allow.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CipherSuitesPolicy = Suites,
        }),
    };

    /// <summary>Tells which certificates are shown, now and whenever one is replaced.</summary>
    public static void Announce(LiveConfiguration live, TimeProvider clock, ILogger logger)
    {
        var ports = new (string Name, Func<PosternConfiguration, CertificateConfiguration?> Of)[]
        {
            ("gateway", configuration => configuration.Gateway.Certificate), ("admin", configuration => configuration.Admin.Certificate),
        };
        var told = new Dictionary<string, string>(StringComparer.Ordinal);
        live.Changed += Tell;
        Tell(live.Current);

        void Tell(PosternConfiguration configuration)
        {
            foreach (var (name, of) in ports)
            {
                if (of(configuration) is { Loaded.TargetCertificate.Thumbprint: var shown, Validity: { } valid } && told.GetValueOrDefault(name) != shown)
                {
                    told[name] = shown;
                    TellOf(name, valid);
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
