using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Operations.ClientCertificates;
using ClientCertificateMode = Postern.Configuration.ClientCertificateMode;

namespace Postern.Hosting;

/// <summary>What a port shows in a handshake and asks for: always as it is configured now.</summary>
internal sealed class PortCertificates(string port, Func<PortTls> current, TimeProvider clock, ILogger logger)
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
    public TlsHandshakeCallbackOptions Handshake() => new() { OnConnection = context => ValueTask.FromResult(Options(context)) };

    private SslServerAuthenticationOptions Options(TlsHandshakeCallbackContext context)
    {
        var tls = current();
        var options = new SslServerAuthenticationOptions
        {
            // The whole chain, which a plain certificate selector would leave out.
            ServerCertificateContext = CertificateChoice.Find(tls.Certificates, context.ClientHelloInfo.ServerName).Loaded,
            // RFC 8996: nothing below TLS 1.2, whatever the system would allow.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CipherSuitesPolicy = Suites,
            // A peer that asks for new keys again and again makes the server work for nothing.
            AllowRenegotiation = false,
        };
        if (tls.Clients.Mode != ClientCertificateMode.None)
        {
            options.ClientCertificateRequired = true;
            // A resumed session would bring a certificate along that nobody looked at under the authorities of now.
            options.AllowTlsResume = false;
            options.RemoteCertificateValidationCallback = (_, certificate, chain, _) => Admit(context.Connection, certificate, chain, tls.Clients);
        }

        return options;
    }

    // The platform's own verdict is by the system's authorities: it says nothing here.
    private bool Admit(BaseConnectionContext connection, X509Certificate? shown, X509Chain? chain, ClientCertificatesConfiguration clients)
    {
        if (shown is null)
        {
            return clients.Mode == ClientCertificateMode.Optional;
        }

        var sent = new X509Certificate2Collection();
        foreach (var between in chain?.ChainPolicy.ExtraStore ?? [])
        {
            sent.Add(X509CertificateLoader.LoadCertificate(between.RawData));
        }

        var certificate = new ClientCertificate(X509CertificateLoader.LoadCertificate(shown.GetRawCertData()), sent);
        if (certificate.FindFault(clients, clock.GetUtcNow()) is { } fault)
        {
            HostingLog.ClientCertificateRefused(logger, port, certificate.Certificate.Subject, fault);
            return false;
        }

        connection.Features.Set(certificate);
        return true;
    }
}

/// <summary>What one port is configured to show and to ask for.</summary>
internal sealed record PortTls(IReadOnlyList<CertificateConfiguration> Certificates, ClientCertificatesConfiguration Clients)
{
    public static PortTls OfGateway(PosternConfiguration configuration) => new(configuration.Gateway.Certificate, configuration.Gateway.ClientCertificates);

    // The listener is fixed when the program starts; its certificates are not.
    public static PortTls OfEgress(PosternConfiguration configuration) => new([configuration.Egress.Listener!.Certificate], configuration.Egress.Listener.Clients);

    public static PortTls OfAdmin(PosternConfiguration configuration) => new(configuration.Admin.Certificate, configuration.Admin.ClientCertificates);
}
