using Microsoft.IdentityModel.Tokens;

namespace Postern.Configuration;

/// <summary>An issuer of JSON Web Tokens (RFC 7519), and what its tokens must be like.</summary>
public sealed record IssuerConfiguration
{
    /// <summary>The claim <c>iss</c>, to the letter.</summary>
    public required string Issuer { get; init; }

    /// <summary>The claim <c>aud</c> names one of them.</summary>
    public required IReadOnlyList<string> Audience { get; init; }

    /// <summary>Signature algorithms that are taken (RFC 7518 §3.1), whatever a token says; all of one kind, public keys or a secret.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = ["RS256", "ES256"];

    public IssuerKeysConfiguration Keys { get; init; } = new();

    /// <summary>How far the issuer's clock may be off. 0 s to 60 s.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The claim that holds the name of the consumer; null: the credentials of consumers say which tokens are theirs.</summary>
    public string? ConsumerClaim { get; init; }

    /// <summary>The claim that holds scopes, words of one text or a list; null: a token's scopes are not looked at.</summary>
    public string? ScopesClaim { get; init; }

    /// <summary>Where the issuer tells where its keys are (OpenID Connect Discovery 1.0 §4).</summary>
    internal string DiscoveryAddress => Keys.Discovery ?? Issuer.TrimEnd('/') + "/.well-known/openid-configuration";
}

/// <summary>Where the keys of an issuer come from: one of these; none: discovery at the issuer's own address.</summary>
public sealed record IssuerKeysConfiguration
{
    /// <summary>Address of the discovery document.</summary>
    public string? Discovery { get; init; }

    /// <summary>Address of the JWK Set.</summary>
    public string? Jwks { get; init; }

    /// <summary>File with a JWK Set or public keys in PEM.</summary>
    public string? File { get; init; }

    /// <summary>What issuer and gateway share, for HS256, HS384 and HS512.</summary>
    public string? Secret { get; init; }

    /// <summary>How long fetched keys are used while the issuer cannot be reached. 5 min to 7 d.</summary>
    public TimeSpan StaleFor { get; init; } = TimeSpan.FromHours(24);

    internal bool IsPublished => File is null && Secret is null;

    /// <summary>What stands in <see cref="File"/>; empty beside a reported mistake.</summary>
    internal IReadOnlyList<JsonWebKey> Loaded { get; init; } = [];
}
