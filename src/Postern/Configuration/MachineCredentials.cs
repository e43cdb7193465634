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
}
