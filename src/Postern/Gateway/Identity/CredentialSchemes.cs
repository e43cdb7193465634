using Postern.Configuration;
using Postern.Gateway.Identity.Jwt;
using Postern.Gateway.Identity.Logins;
using Postern.Gateway.Identity.Signatures;
using Postern.Gateway.Identity.Webhooks;

namespace Postern.Gateway.Identity;

/// <summary>Makes the schemes of a configuration. What has to outlive a configuration is handed to them from here.</summary>
internal sealed class CredentialSchemes(IssuerDirectory issuers, TimeProvider time) : IDisposable
{
    private readonly HashingSlots slots = HashingSlots.OfThisMachine();
    private readonly LoginGuard guard = new(time);

    public IReadOnlyList<CredentialScheme> Make(PosternConfiguration configuration) =>
    [
        new BasicScheme(configuration.Consumers, slots, guard, time),
        new ApiKeyScheme(configuration.Consumers, time),
        .. configuration.Identity.Issuers.Count > 0 ? [new JwtScheme(configuration, issuers, time)] : Array.Empty<CredentialScheme>(),
        .. configuration.Gateway.ClientCertificates.Mode != ClientCertificateMode.None ? [new MtlsScheme(configuration, time)] : Array.Empty<CredentialScheme>(),
        .. KnownCredential.Of<CredentialConfiguration.HttpSignature>(configuration.Consumers).Any() ? [new HttpSignatureScheme(configuration, time)] : Array.Empty<CredentialScheme>(),
        // The last: what it looks at is the body.
        .. KnownCredential.Of<CredentialConfiguration.WebhookSignature>(configuration.Consumers).Any() ? [new WebhookScheme(configuration, time)] : Array.Empty<CredentialScheme>(),
    ];

    public void Dispose() => slots.Dispose();
}
