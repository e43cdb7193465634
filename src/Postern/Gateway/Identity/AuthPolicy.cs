using Postern.Configuration;
using Postern.Model.Access;

namespace Postern.Gateway.Identity;

/// <summary>What holds for the calls of one path.</summary>
/// <param name="Accept">Kinds of credentials that are looked at; null: all.</param>
/// <param name="Anonymous">Calls pass on to the API without a consumer.</param>
/// <param name="ForwardCredentials">The API gets the credentials that were recognised.</param>
internal sealed record AuthPolicy(IReadOnlyList<CredentialKind>? Accept, bool Anonymous, bool ForwardCredentials)
{
    /// <summary>Where nothing is configured, and for the gateway's own resources.</summary>
    public static readonly AuthPolicy Usual = new(Accept: null, Anonymous: true, ForwardCredentials: false);

    public bool Accepts(CredentialKind kind) => Accept is null || Accept.Contains(kind);

    public AuthPolicy With(AuthConfiguration? said) => said is null ? this : new AuthPolicy(
        said.Accept ?? Accept, said.Anonymous ?? Anonymous, said.ForwardCredentials ?? ForwardCredentials);

    /// <summary>Lets in only what both let in.</summary>
    public AuthPolicy And(AuthPolicy other) => ReferenceEquals(this, other) ? this : new AuthPolicy(
        Accept is null ? other.Accept : other.Accept is null ? Accept : [.. Accept.Intersect(other.Accept)],
        Anonymous && other.Anonymous,
        ForwardCredentials && other.ForwardCredentials);
}
