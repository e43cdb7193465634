using Postern.Configuration.Reading;
using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>The keys of <c>clientCertificates</c> at both ports, and of the credential that goes with them.</summary>
internal static class ClientCertificateKeys
{
    public static Shape<ClientCertificatesConfiguration> Shape { get; } = new ObjectShape<ClientCertificatesConfiguration>(
        () => new(),
        new Key<ClientCertificatesConfiguration, ClientCertificateMode>(
            "mode",
            "none; optional: a certificate is asked for, and one that does not hold ends the handshake; required: so does none.",
            OneOf(("none", ClientCertificateMode.None), ("optional", ClientCertificateMode.Optional), ("required", ClientCertificateMode.Required)),
            (to, value) => to with { Mode = value }, from => from.Mode),
        new Key<ClientCertificatesConfiguration, IReadOnlyList<string>>(
            "ca",
            "File in PEM, or list of files, with the authorities that certificates may come from, relative to this one: roots, and those between where "
            + "callers do not send them. A changed file is taken without a restart.",
            new ListShape<string>(Secret("the path of a file", Names.File), 20, orOne: true), (to, value) => to with { Ca = value }),
        new Key<ClientCertificatesConfiguration, RevocationCheck>(
            "revocation",
            "How it is found out that a certificate was revoked: none. Nothing is asked at addresses that a caller's certificate names; take the "
            + "credential out of the configuration instead.",
            OneOf(("none", RevocationCheck.None)), (to, value) => to with { Revocation = value }, from => from.Revocation))
    {
        Complete = AuthorityFiles.Load,
    };

    /// <summary>A credential of type <c>mtls</c>.</summary>
    /// <param name="common">The keys of every credential.</param>
    public static Shape<CredentialConfiguration> Mtls(IEnumerable<Key<CredentialConfiguration>> common) => new ObjectShape<CredentialConfiguration>(
        () => new CredentialConfiguration.Mtls(null, null),
        [
            new Key<CredentialConfiguration, string>(
                "thumbprint",
                "SHA-256 of the certificate in hexadecimal digits, as 'openssl x509 -noout -fingerprint -sha256' shows it. This, or subjectAlternativeName.",
                Text("the SHA-256 of a certificate", CertificateNames.Thumbprint), (to, value) => ((CredentialConfiguration.Mtls)to) with { Thumbprint = value }),
            new Key<CredentialConfiguration, string>(
                "subjectAlternativeName",
                "A name in the certificate: DNS:client.example.com, URI:spiffe://example.com/client, email:ops@example.com or IP:192.0.2.1.",
                Text("a name such as DNS:client.example.com", CertificateNames.Name),
                (to, value) => ((CredentialConfiguration.Mtls)to) with { SubjectAlternativeName = value }),
            .. common,
        ]);
}
