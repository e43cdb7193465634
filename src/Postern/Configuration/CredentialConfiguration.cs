using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Postern.Model.Access;

namespace Postern.Configuration;

/// <summary>How a consumer proves who it is.</summary>
public abstract partial record CredentialConfiguration
{
    private CredentialConfiguration()
    {
    }

    public abstract CredentialKind Kind { get; }

    /// <summary>Names the credential in reports and headers; null: <see cref="OwnId"/>, or its kind and its place among the consumer's.</summary>
    public string? Id { get; init; }

    /// <summary>From when on it is refused; null: never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The only ones of the consumer's scopes that it gives; null: all of them.</summary>
    public Scopes? Scopes { get; init; }

    /// <summary>What in the credential itself names it without being secret; null: nothing.</summary>
    internal virtual string? OwnId => null;

    /// <summary>Its name among the consumer's credentials.</summary>
    /// <param name="index">Its place among them, from 0.</param>
    internal string IdAt(int index) => Id ?? OwnId ?? string.Create(CultureInfo.InvariantCulture, $"{Kind.Spelling()}-{index + 1}");

    /// <summary><c>Authorization: Basic</c> (RFC 7617).</summary>
    /// <param name="Password">Null where <see cref="Hash"/> stands for it.</param>
    public sealed record Basic(string Username, string? Password) : CredentialConfiguration
    {
        public override CredentialKind Kind => CredentialKind.Basic;

        /// <summary>What is kept in place of the password.</summary>
        public PasswordHash? Hash { get; init; }

        /// <summary>The password that it has replaced, taken beside it for a while; null: none. The file has no key for it: it can change both at once.</summary>
        internal ReplacedHash? Replaced { get; init; }

        internal override string OwnId => Username;
    }

    /// <param name="Until">From when on it is refused.</param>
    internal sealed record ReplacedHash(PasswordHash Hash, DateTimeOffset Until);

    /// <summary>A key in the <c>X-API-Key</c> header.</summary>
    /// <param name="Key">Null where <see cref="Digest"/> stands for it.</param>
    public sealed record ApiKey(string? Key) : CredentialConfiguration
    {
        public override CredentialKind Kind => CredentialKind.ApiKey;

        /// <summary>SHA-256 of the key in lower-case hexadecimal digits, kept in place of the key.</summary>
        public string? Digest { get; init; }

        internal override string? OwnId => Key is null ? null : ApiKeyText.IdOf(Key);

        internal byte[] Sha256 => Digest is null ? SHA256.HashData(Encoding.UTF8.GetBytes(Key ?? "")) : Convert.FromHexString(Digest);
    }
}
