using Postern.Egress.Tls;

namespace Postern.Configuration;

/// <summary>Where a gateway takes the callbacks of other nodes to send them on: mutual TLS, and CONNECT alone.</summary>
public sealed record EgressListenerConfiguration
{
    /// <summary>Address to listen on, <c>https://10.0.0.5:8082</c>.</summary>
    public required string Listen { get; init; }

    /// <summary>What it proves its name with.</summary>
    public required CertificateConfiguration Certificate { get; init; }

    /// <summary>Files in PEM with the authorities that the nodes' certificates come from.</summary>
    public required IReadOnlyList<string> Ca { get; init; }

    /// <summary>Names of which a node's certificate has one, <c>DNS:worker-1.internal</c>; empty: every certificate of <see cref="Ca"/> is taken.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>Tunnels at the same time, 1 to 1,000,000; further ones are refused and go through another gateway.</summary>
    public int MaxTunnels { get; init; } = 10_000;

    /// <summary>What was read from <see cref="Ca"/> and <see cref="Nodes"/>: without such a certificate there is no connection.</summary>
    internal ClientCertificatesConfiguration Clients { get; init; } = new() { Mode = ClientCertificateMode.Required };
}

/// <summary>The gateways that this node sends through: every connection to an address that somebody else chose.</summary>
public sealed record EgressGatewayConfiguration
{
    /// <summary>Where their egress listeners are, <c>https://gateway-1.internal:8082</c>; one that is away is passed over. At most 20.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>What this node proves itself with.</summary>
    public required CertificateConfiguration Certificate { get; init; }

    /// <summary>File in PEM with the authorities that the gateways' certificates come from; no others are trusted.</summary>
    public required string Ca { get; init; }

    /// <summary>What was read from <see cref="Ca"/>.</summary>
    internal AuthoritySet? Authorities { get; init; }

    internal bool IsSameAs(EgressGatewayConfiguration? other) =>
        other is not null && Addresses.SequenceEqual(other.Addresses) && Authorities?.Fingerprint == other.Authorities?.Fingerprint
        && Certificate.Loaded?.TargetCertificate.Thumbprint == other.Certificate.Loaded?.TargetCertificate.Thumbprint;
}
