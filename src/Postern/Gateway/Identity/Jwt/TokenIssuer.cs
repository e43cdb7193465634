using Postern.Configuration;
using Postern.Operations;

namespace Postern.Gateway.Identity.Jwt;

/// <summary>One issuer under one configuration: verifies its tokens.</summary>
/// <param name="shared">Keys of the configuration; null where the issuer publishes them.</param>
/// <param name="source">Keys that the issuer publishes.</param>
internal sealed class TokenIssuer(
    string name, IssuerConfiguration issuer, TokenConsumers consumers, IssuerKeys? shared, IssuerKeySource? source, TimeProvider time)
{
    /// <summary>Its keys at this moment; null while there are none.</summary>
    public IssuerKeys? Keys => shared ?? source!.Current;

    /// <summary>What the token proves, and with which keys.</summary>
    /// <exception cref="ProblemException">503: nothing can be said, because the issuer's keys cannot be had.</exception>
    public async ValueTask<(CredentialClaim Claim, IssuerKeys? Keys, DateTimeOffset Until)> VerifyAsync(Token token, CancellationToken cancellation)
    {
        // The cheap reasons first: most tokens that do not hold have expired.
        if (!issuer.Algorithms.Contains(token.Algorithm, StringComparer.Ordinal))
        {
            return Refused("The token is signed with an algorithm that is not taken from its issuer.");
        }

        if (TokenRules.FindFault(token.Claims, issuer, time.GetUtcNow()) is { } fault)
        {
            return Refused(fault);
        }

        var keys = await FindKeysAsync(token, cancellation);
        if (keys.Verify(token) != KeyAnswer.Signed)
        {
            return Refused("The token is not signed by its issuer.");
        }

        if (consumers.Find(token.Claims, out var refusal) is not { } known)
        {
            return (refusal, null, default);
        }

        var end = TokenRules.End(token.Claims, issuer);
        return (known.ClaimAt(time.GetUtcNow()), keys, known.Expires < end ? known.Expires.Value : end);
    }

    private async ValueTask<IssuerKeys> FindKeysAsync(Token token, CancellationToken cancellation)
    {
        var keys = Keys;
        if (source is not null && (keys is null || keys.Verify(token) == KeyAnswer.Unknown))
        {
            keys = await source.RenewAsync(cancellation);
        }

        return keys ?? throw Problems.Unavailable($"The keys of the token's issuer ({name}) cannot be had now: nothing can be said of its tokens. Try again.");
    }

    private static (CredentialClaim, IssuerKeys?, DateTimeOffset) Refused(string reason) => (new CredentialClaim.Invalid(reason), null, default);
}
