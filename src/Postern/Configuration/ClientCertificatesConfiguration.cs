using System.Security.Cryptography.X509Certificates;

namespace Postern.Configuration;

/// <summary>Whether callers show a certificate of their own in the handshake (mutual TLS), and whose certificates are taken.</summary>
public sealed record ClientCertificatesConfiguration
{
    private static readonly X509Certificate2Collection Nobody = [];

    public ClientCertificateMode Mode { get; init; } = ClientCertificateMode.None;

    /// <summary>Files in PEM with the authorities that certificates may come from: the roots, and those between where callers do not send them.</summary>
    public IReadOnlyList<string> Ca { get; init; } = [];

    public RevocationCheck Revocation { get; init; } = RevocationCheck.None;

    /// <summary>Names of which a certificate must have one; empty: any.</summary>
    internal IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>What stands in the files of <see cref="Ca"/>; empty beside a reported mistake.</summary>
    internal X509Certificate2Collection Authorities { get; init; } = Nobody;
}

public enum ClientCertificateMode
{
    /// <summary>None is asked for.</summary>
    None = 0,

    /// <summary>One is asked for; who shows none proves itself in another way, or not at all.</summary>
    Optional = 1,

    /// <summary>Without one there is no connection.</summary>
    Required = 2,
}

public enum RevocationCheck
{
    /// <summary>Certificates are not looked up: a credential is revoked by taking it out of the configuration.</summary>
    None = 0,
}
