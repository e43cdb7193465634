using Microsoft.AspNetCore.Http;
using Postern.Model.Access;
using Postern.Monitoring;
using Postern.Operations;

namespace Postern.Gateway.Identity;

/// <summary>Says who calls, and takes our own credentials off the request.</summary>
/// <param name="schemes">Those of the configuration; no more than a mask has bits.</param>
/// <param name="everybody">No consumers are configured: every caller is anonymous.</param>
internal sealed class Identification(IReadOnlyList<CredentialScheme> schemes, CredentialUses uses, bool everybody)
{
    private readonly string[] challenges = [.. schemes.Select(static scheme => scheme.Challenge).OfType<string>()];

    /// <summary>How a 401 asks for the kinds that a policy takes, for <c>WWW-Authenticate</c>.</summary>
    public IReadOnlyList<string> ChallengesOf(AuthPolicy policy) => policy.Accept is null
        ? challenges
        : [.. schemes.Where(scheme => policy.Accepts(scheme.Kind)).Select(static scheme => scheme.Challenge).OfType<string>()];

    /// <summary>
    /// The caller; null without valid credentials. Credentials that are not ours stay for the API behind. Two that name
    /// different consumers name nobody, and reach no API.
    /// </summary>
    /// <exception cref="ProblemException">401: a credential of ours does not hold any more, and why.</exception>
    public async ValueTask<Caller?> IdentifyAsync(HttpContext context, AuthPolicy policy)
    {
        if (everybody)
        {
            return Caller.Anonymous;
        }

        Caller? caller = null;
        var (conflict, recognised) = (false, 0);
        for (var index = 0; index < schemes.Count; index++)
        {
            var scheme = schemes[index];
            if (!policy.Accepts(scheme.Kind))
            {
                continue;
            }

            switch (await scheme.CheckAsync(context, context.RequestAborted))
            {
                case CredentialClaim.Invalid claim:
                    throw Problems.Unauthenticated(claim.Reason);
                case CredentialClaim.Of claim:
                    recognised |= 1 << index;
                    conflict |= caller is not null && caller.Consumer != claim.Consumer;
                    var credential = new Credential(scheme.Kind, claim.CredentialId);
                    uses.Note(claim.Consumer, credential);
                    // One consumer, two credentials: what both allow.
                    caller = new Caller(claim.Consumer, credential, caller?.Scopes.Shared(claim.Scopes) ?? claim.Scopes);
                    break;
            }
        }

        if (conflict || !policy.ForwardCredentials)
        {
            Remove(recognised, context.Request);
        }

        return conflict ? null : caller;
    }

    private void Remove(int recognised, HttpRequest request)
    {
        for (var index = 0; recognised >> index != 0; index++)
        {
            if ((recognised >> index & 1) != 0)
            {
                schemes[index].Remove(request);
            }
        }
    }
}
