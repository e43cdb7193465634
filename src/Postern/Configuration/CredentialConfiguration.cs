using Postern.Model.Access;

namespace Postern.Configuration;

/// <summary>How a consumer proves who it is.</summary>
public abstract partial record CredentialConfiguration
{
    private CredentialConfiguration()
    {
    }

    public abstract CredentialKind Kind { get; }

    /// <summary>Names the credential in reports and headers; null: a name is made of what is not secret in it.</summary>
    public string? Id { get; init; }

    /// <summary>From when on it is refused; null: never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary><c>Authorization: Basic</c> (RFC 7617).</summary>
    public sealed record Basic(string Username, string Password) : CredentialConfiguration
    {
        public override CredentialKind Kind => CredentialKind.Basic;
    }

    /// <summary>A key in the <c>X-API-Key</c> header.</summary>
    public sealed record ApiKey(string Key) : CredentialConfiguration
    {
        public override CredentialKind Kind => CredentialKind.ApiKey;
    }
}
