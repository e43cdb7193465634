using System.Security.Cryptography.X509Certificates;
using Postern.Egress.Tls;

namespace Postern.Configuration;

/// <summary>What the gateway may dial for others, and how.</summary>
public sealed record EgressConfiguration
{
    /// <summary>CIDR blocks (<c>10.1.0.0/16</c>, optionally <c>10.1.0.0/16:8443</c>) that may be dialled although they are private. Metadata addresses never may, unless listed as one address.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>Where callbacks may go without TLS.</summary>
    public PlainHttp PlainHttp { get; init; }

    public PortsConfiguration Ports { get; init; } = new();

    /// <summary>File with certificates of authorities in PEM that are trusted beside the system's; null: none.</summary>
    public string? Ca { get; init; }

    /// <summary>Whether it is asked if a receiver's certificate has been revoked.</summary>
    public Revocation Revocation { get; init; }

    /// <summary>The operator's own proxy, <c>http://proxy.internal:3128</c>, which every connection then goes through; null: none. One in the environment is never used.</summary>
    public string? Proxy { get; init; }

    /// <summary>Where this gateway takes what other nodes send, to send it on; null: nowhere.</summary>
    public EgressListenerConfiguration? Listener { get; init; }

    /// <summary>The gateways that this node sends through; null: it sends itself.</summary>
    public EgressGatewayConfiguration? Gateway { get; init; }

    /// <summary>What was read from <see cref="Ca"/>.</summary>
    internal AuthoritySet? Authorities { get; init; }

    /// <summary>Whether connections that were made under the one may be used under the other.</summary>
    internal bool IsSameAs(EgressConfiguration other) =>
        Allow.SequenceEqual(other.Allow) && PlainHttp == other.PlainHttp && Ports.Allow.SequenceEqual(other.Ports.Allow)
        && Ports.Deny.SequenceEqual(other.Ports.Deny) && Authorities?.Fingerprint == other.Authorities?.Fingerprint
        && Revocation == other.Revocation && Proxy == other.Proxy
        && (Gateway is null ? other.Gateway is null : Gateway.IsSameAs(other.Gateway));
}

/// <summary>What holds for the callbacks of one API's subscriptions besides.</summary>
public sealed record ApiEgressConfiguration
{
    /// <summary>File with certificates of authorities in PEM that are trusted beside the system's and those of <c>egress.ca</c>; null: none.</summary>
    public string? Ca { get; init; }

    /// <summary>What was read from <see cref="Ca"/>.</summary>
    internal AuthoritySet? Authorities { get; init; }
}

/// <summary>Ports on the public internet that may be dialled: <c>443</c>, or <c>8000-8999</c>.</summary>
public sealed record PortsConfiguration
{
    public IReadOnlyList<string> Allow { get; init; } = ["80", "443", "1024-65535"];

    /// <summary>
    /// Taken out of <see cref="Allow"/>: services that a stranger must not be able to reach through the gateway, although nothing
    /// else sets their ports apart.
    /// </summary>
    public IReadOnlyList<string> Deny { get; init; } =
    [
        "1433", "1521", "1883", "2049", "2181", "2375-2376", "2379-2380", "3306", "3389", "4369", "5432", "5671-5672", "5900", "5984-5986",
        "6000", "6379", "6443", "7001", "8500", "8883", "9042", "9092", "9200", "9300", "10250", "10255", "11211", "15672", "25672", "27017",
    ];
}

public enum PlainHttp
{
    /// <summary>To addresses that <c>egress.allow</c> lists.</summary>
    Listed = 0,

    /// <summary>Nowhere: https everywhere, loopback included.</summary>
    Never = 1,

    /// <summary>Everywhere: whoever is on the way reads what is sent.</summary>
    Anywhere = 2,
}

public enum Revocation
{
    /// <summary>It is not asked.</summary>
    None = 0,

    /// <summary>By the revocation lists that are on this machine; a certificate that none of them covers is refused. Nothing is fetched.</summary>
    Offline = 1,
}

internal static class RevocationModes
{
    // Never online: a certificate names the URL of its own revocation list, and fetching it would dial past the guard.
    public static X509RevocationMode ToMode(this Revocation revocation) =>
        revocation == Revocation.Offline ? X509RevocationMode.Offline : X509RevocationMode.NoCheck;
}
