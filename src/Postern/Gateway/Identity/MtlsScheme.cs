using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Configuration.Values;
using Postern.Model.Access;
using Postern.Operations.ClientCertificates;

namespace Postern.Gateway.Identity;

/// <summary>A certificate that the client proved to have in the handshake. What a header says of one is never read.</summary>
internal sealed class MtlsScheme : CredentialScheme
{
    private static readonly CredentialClaim Several = new CredentialClaim.Invalid("The client certificate has names of several consumers.");

    private readonly Dictionary<string, KnownCredential> thumbprints = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KnownCredential> names = new(StringComparer.Ordinal);
    private readonly ClientCertificatesConfiguration configuration;
    private readonly TimeProvider time;

    public MtlsScheme(PosternConfiguration configuration, TimeProvider time)
    {
        this.configuration = configuration.Gateway.ClientCertificates;
        this.time = time;
        foreach (var (mtls, known) in KnownCredential.Of<CredentialConfiguration.Mtls>(configuration.Consumers))
        {
            if (mtls.Thumbprint is { } thumbprint)
            {
                thumbprints[thumbprint] = known;
            }
            else
            {
                names[mtls.SubjectAlternativeName!] = known;
            }
        }
    }

    public override CredentialKind Kind => CredentialKind.Mtls;

    public override ValueTask<CredentialClaim> CheckAsync(HttpContext context, CancellationToken cancellation) =>
        ValueTask.FromResult(context.Features.Get<ClientCertificate>() is { } shown ? Check(shown, time.GetUtcNow()) : CredentialClaim.Nothing);

    /// <summary>It is not on the request.</summary>
    public override void Remove(HttpRequest request)
    {
    }

    private CredentialClaim Check(ClientCertificate shown, DateTimeOffset now)
    {
        if (shown.FindFault(configuration, now) is { } fault)
        {
            return new CredentialClaim.Invalid($"The client certificate does not hold any more: {fault}.");
        }

        // The certificate itself is more than a name in it.
        if (thumbprints.TryGetValue(shown.Certificate.GetCertHashString(HashAlgorithmName.SHA256), out var known))
        {
            return known.ClaimAt(now);
        }

        foreach (var name in CertificateNames.Of(shown.Certificate))
        {
            if (names.TryGetValue(name, out var named))
            {
                if (known is not null && known.Claim.Consumer != named.Claim.Consumer)
                {
                    return Several;
                }

                known ??= named;
            }
        }

        return known?.ClaimAt(now) ?? CredentialClaim.Theirs;
    }
}
