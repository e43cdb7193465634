using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Postern.Configuration;

public sealed record GatewayConfiguration
{
    /// <summary>Address of the gateway port; https needs <see cref="Certificate"/>.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:8080";

    /// <summary>What the gateway port proves its names with, by the name that a client asks for; none where it listens on http.</summary>
    public IReadOnlyList<CertificateConfiguration> Certificate { get; init; } = [];

    /// <summary>Whether callers show certificates of their own.</summary>
    public ClientCertificatesConfiguration ClientCertificates { get; init; } = new();

    /// <summary>What callers over TLS are told about how to come from now on.</summary>
    public TransportSecurityConfiguration StrictTransportSecurity { get; init; } = new();

    /// <summary>Largest event that can be published, and largest single event of a batch, in bytes. 1 KiB to 64 MiB.</summary>
    public long MaxEventBytes { get; init; } = 1024 * 1024;

    /// <summary>Connections at the same time; further ones wait in the listen queue. 1 to 1,000,000.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Which addresses may call.</summary>
    public AddressesConfiguration Addresses { get; init; } = new();

    /// <summary>The proxies in front, which alone are believed when they say whom they call for.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Where a process without the role subscriptions passes the calls on subscriptions to: gateway ports of processes that have it.</summary>
    public IReadOnlyList<string> Subscriptions { get; init; } = [];

    /// <summary>How long the answer to a call with an <c>Idempotency-Key</c> is kept. 1 min to 30 d.</summary>
    public TimeSpan Idempotency { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long the port goes on taking calls when the process is asked to stop. 0 s to 20 s.</summary>
    public TimeSpan Drain { get; init; }
}

public sealed record AdminConfiguration
{
    /// <summary>Address of the admin port; anything but loopback needs a token or client certificates, https needs <see cref="Certificate"/>.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:8081";

    /// <summary>What the admin port proves its names with, by the name that a client asks for; none where it listens on http.</summary>
    public IReadOnlyList<CertificateConfiguration> Certificate { get; init; } = [];

    /// <summary>Whether callers show certificates of their own, in place of the token.</summary>
    public ClientCertificatesConfiguration ClientCertificates { get; init; } = new();

    /// <summary>What callers over TLS are told about how to come from now on.</summary>
    public TransportSecurityConfiguration StrictTransportSecurity { get; init; } = new();

    /// <summary>Which addresses may call.</summary>
    public AddressesConfiguration Addresses { get; init; } = new();

    /// <summary>Bearer token for the admin port; null: none is asked for.</summary>
    public string? Token { get; init; }
}

/// <summary>A certificate of a port. Its files are read with the configuration, and again when they change.</summary>
public sealed record CertificateConfiguration
{
    /// <summary>PEM: the port's own certificate, then those between it and the root. Or PKCS #12: <c>.pfx</c>, <c>.p12</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The private key in PEM; null: it stands in the file of <see cref="Path"/>.</summary>
    public string? Key { get; init; }

    /// <summary>Password of an encrypted key or of the PKCS #12 file; null: none.</summary>
    public string? Password { get; init; }

    /// <summary>Host names that it is shown for; empty: those in the certificate.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Host names that it is shown for, with a wildcard perhaps.</summary>
    internal IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Certificate, key and chain as they were read: what a handshake takes. Null only beside a reported mistake.</summary>
    internal SslStreamCertificateContext? Loaded { get; init; }

    /// <summary>Whose the certificate is and when it is valid; null where none was read.</summary>
    internal CertificateValidity? Validity => Loaded?.TargetCertificate is { } own ? CertificateValidity.Of(own) : null;
}

/// <summary>Whose a certificate is and when it is valid.</summary>
internal sealed record CertificateValidity(string Subject, DateTimeOffset From, DateTimeOffset Until)
{
    public static CertificateValidity Of(X509Certificate2 certificate) =>
        new(certificate.Subject, certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
}
