using Postern.Configuration.Values;
using Postern.Model.Access;

namespace Postern.Configuration;

/// <summary>The kinds that programs use.</summary>
public abstract partial record CredentialConfiguration
{
    /// <summary>A JSON Web Token in <c>Authorization: Bearer</c>, from one of <c>identity.issuers</c>.</summary>
    /// <param name="Issuer">Name of the issuer.</param>
    /// <param name="Claims">What its claims say, all of them; a claim that is a list holds it.</param>
    public sealed record Jwt(string Issuer, IReadOnlyDictionary<string, string> Claims) : CredentialConfiguration
    {
        public override CredentialKind Kind => CredentialKind.Jwt;
    }

    /// <summary>A certificate that the caller shows in the handshake: this very one, or any that has this name.</summary>
    /// <param name="Thumbprint">SHA-256 in upper-case hexadecimal digits.</param>
    /// <param name="SubjectAlternativeName"><c>DNS:client.example.com</c>, <c>URI:…</c>, <c>email:…</c> or <c>IP:…</c>.</param>
    public sealed record Mtls(string? Thumbprint, string? SubjectAlternativeName) : CredentialConfiguration
    {
        public override CredentialKind Kind => CredentialKind.Mtls;
    }

    /// <summary>What a program signs with that publishes (Standard Webhooks 1.0.0, symmetric).</summary>
    /// <param name="Secret"><c>whsec_</c> and base64.</param>
    public sealed record WebhookSignature(string Secret) : CredentialConfiguration
    {
        public override CredentialKind Kind => CredentialKind.WebhookSignature;

        internal byte[] SigningKey => WebhookSecrets.Decode(Secret) ?? throw new InvalidOperationException("The secret was not looked at when the configuration was read.");
    }
    /// <summary>A key that a program signs its messages with (RFC 9421).</summary>
    /// <param name="KeyId">What its signatures call the key (<c>keyid</c>).</param>
    /// <param name="Algorithm">The one that is taken (RFC 9421 §3.3), whatever a signature says.</param>
    public sealed record HttpSignature(string KeyId, string Algorithm) : CredentialConfiguration
    {
        /// <summary>How far <c>created</c> may be from the gateway's clock, both ways. 10 s to 15 min.</summary>
        public TimeSpan Tolerance { get; init; } = TimeSpan.FromMinutes(5);

        public override CredentialKind Kind => CredentialKind.HttpSignature;

        /// <summary>Base64 of what both sides hold, for <c>hmac-sha256</c>.</summary>
        public string? Secret { get; init; }

        /// <summary>In PEM, for all other algorithms.</summary>
        public string? PublicKey { get; init; }

        /// <summary>What a signature must say it was made for (<c>tag</c>); null: it may say anything.</summary>
        public string? Tag { get; init; }

        /// <summary>Components that a signature must cover beyond those that all must.</summary>
        public IReadOnlyList<string> Covers { get; init; } = [];

        internal override string OwnId => KeyId;

        /// <summary>The secret, or the SubjectPublicKeyInfo of the key (RFC 5280 §4.1).</summary>
        internal byte[] KeyBytes => (Secret is not null ? SignatureAlgorithms.DecodeSecret(Secret) : SignatureAlgorithms.DecodePem(PublicKey))
            ?? throw new InvalidOperationException("The key was not looked at when the configuration was read.");
    }
}
