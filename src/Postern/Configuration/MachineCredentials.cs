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
}
