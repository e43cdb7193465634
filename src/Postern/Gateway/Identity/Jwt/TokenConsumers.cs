using System.Text.Json;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Access;

namespace Postern.Gateway.Identity.Jwt;

/// <summary>Whose a verified token of one issuer is, by its claims.</summary>
internal sealed class TokenConsumers
{
    private static readonly CredentialClaim Nobody = new CredentialClaim.Invalid("The token is valid, and of nobody who is known here.");
    private static readonly CredentialClaim Several = new CredentialClaim.Invalid("The token is valid, and of several consumers at once.");

    private readonly string name;
    private readonly IssuerConfiguration issuer;
    private readonly IReadOnlyDictionary<string, ConsumerConfiguration> consumers;

    // By one of its claims: looking a token up does not take longer with every consumer.
    private readonly ILookup<(string Claim, string Value), (CredentialConfiguration.Jwt Configuration, KnownCredential Known)> credentials;
    private readonly string[] firstClaims;

    public TokenConsumers(string name, IssuerConfiguration issuer, IReadOnlyDictionary<string, ConsumerConfiguration> consumers)
    {
        this.name = name;
        this.issuer = issuer;
        this.consumers = consumers;
        credentials = KnownCredential.Of<CredentialConfiguration.Jwt>(consumers)
            .Where(entry => entry.Configuration.Issuer == name)
            .ToLookup(static entry => entry.Configuration.Claims.Select(static claim => (claim.Key, claim.Value)).Min());
        firstClaims = [.. credentials.Select(static group => group.Key.Claim).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The credential that the claims are of; null, and why, when there is not exactly one.</summary>
    public KnownCredential? Find(JsonElement claims, out CredentialClaim refusal)
    {
        refusal = Nobody;
        if (issuer.ConsumerClaim is { } claim)
        {
            return TokenClaims.Text(claims, claim) is { } named && consumers.TryGetValue(named, out var consumer)
                ? new KnownCredential(new CredentialClaim.Of(new Consumer(named), name, Narrowed(consumer.Scopes, claims)), null)
                : null;
        }

        KnownCredential? found = null;
        foreach (var known in Matching(claims))
        {
            if (found is not null)
            {
                refusal = Several;
                return null;
            }

            found = known with { Claim = known.Claim with { Scopes = Narrowed(known.Claim.Scopes, claims) } };
        }

        return found;
    }

    private IEnumerable<KnownCredential> Matching(JsonElement claims) => firstClaims
        .SelectMany(first => TokenClaims.Texts(claims, first).Distinct(StringComparer.Ordinal).SelectMany(value => credentials[(first, value)]))
        .Where(entry => entry.Configuration.Claims.All(expected => TokenClaims.Texts(claims, expected.Key).Contains(expected.Value, StringComparer.Ordinal)))
        .Select(static entry => entry.Known);

    // Scopes of other systems are none of ours, and allow nothing here.
    private Scopes Narrowed(Scopes scopes, JsonElement claims) => issuer.ScopesClaim is not { } claim ? scopes : scopes.Shared(new Scopes(
        [.. TokenClaims.Scopes(claims, claim).Select(static text => Scope.TryParse(text, out var scope) ? scope : null).OfType<Scope>()]));
}
