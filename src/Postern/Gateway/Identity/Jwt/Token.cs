using System.Text.Json;

namespace Postern.Gateway.Identity.Jwt;

/// <summary>A JSON Web Token (RFC 7519) as it was read: nothing in it is proven yet.</summary>
internal sealed record Token
{
    /// <summary>The name in the header; never what decides which algorithms are taken.</summary>
    public required string Algorithm { get; init; }

    /// <summary>Which key its issuer says it signed with; null: it does not say.</summary>
    public string? KeyId { get; init; }

    /// <summary>The claims: one JSON object in which no name stands twice.</summary>
    public required JsonElement Claims { get; init; }

    /// <summary>The bytes that are signed.</summary>
    public required byte[] Signed { get; init; }

    public required byte[] Signature { get; init; }

    /// <summary>Who made it, by its own word; null where it does not say, or not in text.</summary>
    public string? Issuer => TokenClaims.Text(Claims, "iss");
}
