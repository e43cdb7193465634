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
    private readonly ILookup<(string Claim, string Value), (string Consumer, CredentialConfiguration.Jwt Credential)> credentials;
    private readonly string[] firstClaims;

    public TokenConsumers(string name, IssuerConfiguration issuer, IReadOnlyDictionary<string, ConsumerConfiguration> consumers)
    {
        this.name = name;
        this.issuer = issuer;
        this.consumers = consumers;
        credentials = consumers
            .SelectMany(consumer => consumer.Value.Credentials.OfType<CredentialConfiguration.Jwt>().Select(jwt => (Consumer: consumer.Key, Credential: jwt)))
            .Where(entry => entry.Credential.Issuer == name)
            .ToLookup(static entry => entry.Credential.Claims.Select(static claim => (claim.Key, claim.Value)).Min());
        firstClaims = [.. credentials.Select(static group => group.Key.Claim).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The credential that the claims are of; null, and why, when there is not exactly one.</summary>
    public KnownCredential? Find(JsonElement claims, out CredentialClaim refusal)
    {
        refusal = Nobody;
        if (issuer.ConsumerClaim is { } claim)
        {
            return TokenClaims.Text(claims, claim) is { } consumer && consumers.ContainsKey(consumer) ? Known(consumer, null, claims) : null;
        }

        KnownCredential? found = null;
        foreach (var (consumer, credential) in Matching(claims))
        {
            if (found is not null)
            {
                refusal = Several;
                return null;
            }

            found = Known(consumer, credential, claims);
        }

        return found;
    }

    private IEnumerable<(string Consumer, CredentialConfiguration.Jwt Credential)> Matching(JsonElement claims) => firstClaims
        .SelectMany(first => TokenClaims.Texts(claims, first).Distinct(StringComparer.Ordinal).SelectMany(value => credentials[(first, value)]))
        .Where(entry => entry.Credential.Claims.All(expected => TokenClaims.Texts(claims, expected.Key).Contains(expected.Value, StringComparer.Ordinal)));

    private KnownCredential Known(string consumer, CredentialConfiguration.Jwt? credential, JsonElement claims) => new(
        new CredentialClaim.Of(new Consumer(consumer), credential?.Id ?? name, ScopesOf(claims) is { } scopes ? Scopes.Usual.Shared(scopes) : Scopes.Usual),
        credential?.Expires);

    // Scopes of other systems are none of ours, and allow nothing here.
    private Scopes? ScopesOf(JsonElement claims) => issuer.ScopesClaim is not { } claim ? null : new Scopes(
        [.. TokenClaims.Scopes(claims, claim).Select(static text => Scope.TryParse(text, out var scope) ? scope : null).OfType<Scope>()]);
}
