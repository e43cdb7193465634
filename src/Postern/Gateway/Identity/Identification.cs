using Microsoft.AspNetCore.Http;
using Postern.Model.Access;
using Postern.Operations;

namespace Postern.Gateway.Identity;

/// <summary>Says who calls, and takes our own credentials off the request.</summary>
/// <param name="schemes">Those of the configuration.</param>
/// <param name="everybody">No consumers are configured: every caller is anonymous.</param>
internal sealed class Identification(IReadOnlyList<CredentialScheme> schemes, bool everybody)
{
    /// <summary>How a 401 asks for the kinds that are taken, for <c>WWW-Authenticate</c>.</summary>
    public string[] Challenges { get; } = [.. schemes.Select(static scheme => scheme.Challenge).OfType<string>()];

    /// <summary>
    /// The caller; null without valid credentials. Credentials that are not ours stay for the API behind. Two that name
    /// different consumers name nobody.
    /// </summary>
    /// <exception cref="ProblemException">401: a credential of ours does not hold any more, and why.</exception>
    public async ValueTask<Caller?> IdentifyAsync(HttpContext context)
    {
        if (everybody)
        {
            return Caller.Anonymous;
        }

        Caller? caller = null;
        var (conflict, invalid) = (false, (string?)null);
        foreach (var scheme in schemes)
        {
            switch (await scheme.CheckAsync(context, context.RequestAborted))
            {
                case CredentialClaim.Of claim:
                    scheme.Remove(context.Request);
                    conflict |= caller is not null && caller.Consumer != claim.Consumer;
                    // One consumer, two credentials: what both allow.
                    caller = new Caller(
                        claim.Consumer, new Credential(scheme.Kind, claim.CredentialId), caller?.Scopes.Shared(claim.Scopes) ?? claim.Scopes);
                    break;
                case CredentialClaim.Invalid claim:
                    scheme.Remove(context.Request);
                    invalid ??= claim.Reason;
                    break;
            }
        }

        return invalid is not null ? throw Problems.Unauthenticated(invalid) : conflict ? null : caller;
    }
}
