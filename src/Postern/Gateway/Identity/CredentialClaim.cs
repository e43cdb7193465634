using Postern.Model;
using Postern.Model.Access;

namespace Postern.Gateway.Identity;

/// <summary>What a scheme found on a request.</summary>
internal abstract record CredentialClaim
{
    public static readonly CredentialClaim Nothing = new Absent();

    public static readonly CredentialClaim Theirs = new Foreign();

    private CredentialClaim()
    {
    }

    /// <summary>No credential of this kind.</summary>
    public sealed record Absent : CredentialClaim;

    /// <summary>One that is not ours. It may be the API's own and stays on the request.</summary>
    public sealed record Foreign : CredentialClaim;

    /// <summary>One of ours that does not hold: the call ends with a 401.</summary>
    /// <param name="Reason">For the caller; only what whoever holds the credential may know.</param>
    public sealed record Invalid(string Reason) : CredentialClaim;

    /// <summary>One of ours. Made once per credential where that can be, so that a call costs nothing.</summary>
    public sealed record Of(Consumer Consumer, string CredentialId, Scopes Scopes) : CredentialClaim;
}
