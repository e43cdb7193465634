using Postern.Configuration.Reading;
using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>The keys of issuers of tokens, and of the credential that names them.</summary>
internal static class TokenKeys
{
    private static readonly Shape<string> Address = Text("an address such as https://login.example.com/keys", Addresses.Document, pattern: "^https?://");
    private static readonly Shape<string> Claim = Text("the name of a claim");

    private static readonly Shape<IssuerKeysConfiguration> Keys = new ObjectShape<IssuerKeysConfiguration>(
        () => new(),
        new Key<IssuerKeysConfiguration, string>(
            "discovery",
            "Address of the issuer's discovery document, where it is not /.well-known/openid-configuration below its own. Dialled through the egress guard.",
            Address, (to, value) => to with { Discovery = value }),
        new Key<IssuerKeysConfiguration, string>(
            "jwks",
            "Address of the issuer's JWK Set (RFC 7517). Dialled through the egress guard.",
            Address, (to, value) => to with { Jwks = value }),
        new Key<IssuerKeysConfiguration, string>(
            "file",
            "File with a JWK Set or with public keys in PEM, relative to this one. A changed file is taken without a restart.",
            Secret("the path of a file", Names.File), (to, value) => to with { File = value }),
        new Key<IssuerKeysConfiguration, string>(
            "secret",
            "What issuer and gateway share, for HS256, HS384 and HS512 alone. Write $env:NAME or $file:PATH.",
            Secret("a secret", static text => text), (to, value) => to with { Secret = value }),
        new Key<IssuerKeysConfiguration, TimeSpan>(
            "staleFor",
            "How long fetched keys are used while the issuer cannot be reached. 5m to 7d.",
            Duration(TimeSpan.FromMinutes(5), TimeSpan.FromDays(7)), (to, value) => to with { StaleFor = value }, from => from.StaleFor))
    {
        Complete = IssuerKeyFiles.Load,
    };

    private static readonly Shape<IssuerConfiguration> Issuer = new ObjectShape<IssuerConfiguration>(
        () => new() { Issuer = "", Audience = [] },
        new Key<IssuerConfiguration, string>(
            "issuer",
            "The claim iss of its tokens, to the letter.",
            Text("the name of an issuer, such as https://login.example.com/"), (to, value) => to with { Issuer = value }) { Required = true },
        new Key<IssuerConfiguration, IReadOnlyList<string>>(
            "audience",
            "The claim aud of its tokens names this, or one of these: a token for somebody else is none for us.",
            new ListShape<string>(Text("the name of an audience"), 20, orOne: true), (to, value) => to with { Audience = value }) { Required = true },
        new Key<IssuerConfiguration, IReadOnlyList<string>>(
            "algorithms",
            "Signature algorithms that are taken, whatever a token says of itself. HS256, HS384 and HS512 need keys.secret.",
            new ListShape<string>(Text("an algorithm such as RS256", TokenAlgorithm, choices: TokenAlgorithms.Names), 12, orOne: true),
            (to, value) => to with { Algorithms = value }, from => from.Algorithms),
        new Key<IssuerConfiguration, IssuerKeysConfiguration>(
            "keys",
            "Where its keys come from: one of discovery, jwks, file and secret. Without it: discovery below the issuer's address.",
            Keys, (to, value) => to with { Keys = value }),
        new Key<IssuerConfiguration, TimeSpan>(
            "clockSkew",
            "How far its clock may be off. 0s to 60s.",
            Duration(TimeSpan.Zero, TimeSpan.FromSeconds(60)), (to, value) => to with { ClockSkew = value }, from => from.ClockSkew),
        new Key<IssuerConfiguration, string>(
            "consumerClaim",
            "The claim that holds the name of the consumer. Without it the consumers' credentials of type jwt say which tokens are theirs.",
            Claim, (to, value) => to with { ConsumerClaim = value }),
        new Key<IssuerConfiguration, string>(
            "scopesClaim",
            "The claim that holds scopes, words of one text or a list, such as scope: a token may do what both they and the consumer's credential allow. "
            + "Without it a token's scopes are not looked at.",
            Claim, (to, value) => to with { ScopesClaim = value }));

    public static Shape<IReadOnlyDictionary<string, IssuerConfiguration>> Issuers { get; } = new MapShape<IssuerConfiguration>(Names.NamePattern, Names.Name, Issuer);

    /// <summary>A credential of type <c>jwt</c>.</summary>
    /// <param name="common">The keys of every credential.</param>
    public static Shape<CredentialConfiguration> Jwt(IEnumerable<Key<CredentialConfiguration>> common) => new ObjectShape<CredentialConfiguration>(
        () => new CredentialConfiguration.Jwt("", new Dictionary<string, string>()),
        [
            new Key<CredentialConfiguration, string>(
                "issuer",
                "Name of one of identity.issuers.",
                Text("the name of an issuer", Names.Name), (to, value) => ((CredentialConfiguration.Jwt)to) with { Issuer = value }) { Required = true },
            new Key<CredentialConfiguration, IReadOnlyDictionary<string, string>>(
                "claims",
                "What the claims of the consumer's tokens say, all of them; a claim that is a list holds it: { sub: acme }.",
                new MapShape<string>("^.+$", static name => name, Text("what the claim says")),
                (to, value) => ((CredentialConfiguration.Jwt)to) with { Claims = value }) { Required = true },
            .. common,
        ]);

    private static Parsed<string> TokenAlgorithm(string text) => TokenAlgorithms.Names.Contains(text)
        ? text
        : Parsed.No<string>($"is not a signature algorithm that is taken: give {string.Join(", ", TokenAlgorithms.Names)}.{Spelling.Suggest(text, TokenAlgorithms.Names)}");
}
