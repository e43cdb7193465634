using Postern.Model;
using Postern.Model.Access;

namespace Postern.Gateway.Identity;

/// <summary>Who calls, by what credential, and what that allows.</summary>
/// <param name="Credential">Null for the anonymous caller.</param>
internal sealed record Caller(Consumer Consumer, Credential? Credential, Scopes Scopes)
{
    public static readonly Caller Anonymous = new(Consumer.Anonymous, null, Scopes.Everything);
}
