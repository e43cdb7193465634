using System.Text.Json;
using Postern.Configuration;

namespace Postern.Gateway.Identity.Jwt;

/// <summary>What the claims of a token must say, whoever signed it (RFC 7519 §4.1, RFC 8725 §3).</summary>
internal static class TokenRules
{
    /// <summary>Why the claims do not hold now; null when they do.</summary>
    public static string? FindFault(JsonElement claims, IssuerConfiguration issuer, DateTimeOffset now)
    {
        if (TokenClaims.Text(claims, "iss") != issuer.Issuer)
        {
            return "The token is from another issuer.";
        }

        if (!TokenClaims.Texts(claims, "aud").Intersect(issuer.Audience, StringComparer.Ordinal).Any())
        {
            return "The token is for another audience.";
        }

        if (!TokenClaims.TryTime(claims, "exp", out var expires) || !TokenClaims.TryTime(claims, "nbf", out var from)
            || !TokenClaims.TryTime(claims, "iat", out var issued))
        {
            return "A time in the token is not a number of seconds since 1970.";
        }

        var (seconds, skew) = (now.ToUnixTimeMilliseconds() / 1000d, issuer.ClockSkew.TotalSeconds);
        return expires is null ? "The token does not expire (exp)."
            : seconds >= expires + skew ? "The token has expired."
            : seconds < from - skew ? "The token is not valid yet."
            : seconds < issued - skew ? "The token was issued in the future."
            : null;
    }

    /// <summary>When a token that holds now ceases to hold.</summary>
    public static DateTimeOffset End(JsonElement claims, IssuerConfiguration issuer) =>
        TokenClaims.TryTime(claims, "exp", out var expires) && expires is { } seconds
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) + issuer.ClockSkew
            : DateTimeOffset.MinValue;
}
