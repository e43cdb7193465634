using System.ComponentModel;
using System.Security.Cryptography;
using Postern.Configuration;
using Postern.Model.Access;

namespace Postern.Monitoring.Consumers;

[Description("A credential to make.")]
internal sealed record NewCredential
{
    [Description("`api-key`: a key that the gateway makes. `basic`: a user name and a password. `http-signature`: a public key that messages are signed with (RFC 9421).")]
    public string? Type { get; init; }

    [Description(
        "Its name among those of the consumer, 1 to 64 letters, digits, `.`, `_` and `-`. Left out: the id within the key, the user name, or one that is made. "
        + "Of `http-signature` it is the `keyid` of its signatures, and no two consumers share one.")]
    public string? Id { get; init; }

    [Description("Of `basic`: no colon. No two consumers share one.")]
    public string? Username { get; init; }

    [Description("Of `basic`. Only a slow hash of it is kept.")]
    public string? Password { get; init; }

    [Description("Of `http-signature`: `ed25519`, `ecdsa-p256-sha256`, `ecdsa-p384-sha384`, `rsa-pss-sha512` or `rsa-v1_5-sha256`.")]
    public string? Algorithm { get; init; }

    [Description("Of `http-signature`: `-----BEGIN PUBLIC KEY-----` in PEM.")]
    public string? PublicKey { get; init; }

    [Description("The only ones of the consumer's scopes that it gives. Left out: all of them.")]
    public IReadOnlyList<string>? Scopes { get; init; }

    [Description("From when on it is refused. Left out: never.")]
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The credential to store, and the key that is shown once; what it is made of has been checked.</summary>
    public (StoredCredential Credential, string? Key) Make(DateTimeOffset now)
    {
        var key = Type == CredentialKind.ApiKey.Spelling() ? ApiKeyText.Create() : null;
        var (kind, id, verifier) = key is not null ? (CredentialKind.ApiKey, ApiKeyText.IdOf(key)!, ApiKeyText.Digest(key))
            : PublicKey is not null ? (CredentialKind.HttpSignature, RandomNumberGenerator.GetHexString(16, lowercase: true), StoredSignatureKey.Write(Algorithm!, PublicKey))
            : (CredentialKind.Basic, Username!, PasswordHash.Create(Password!).ToString());
        return (new StoredCredential { Id = Id ?? id, Kind = kind, Username = Username, Verifier = verifier, Scopes = Scopes, Created = now, Expires = Expires }, key);
    }
}
