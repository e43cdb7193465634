using System.Text.Json.Serialization;

namespace Postern.Egress.Delivery;

/// <summary>How a callback proves itself to its receiver, in the header <c>Authorization</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Bearer), "bearer")]
[JsonDerivedType(typeof(Basic), "basic")]
[JsonDerivedType(typeof(OAuth2), "oauth2")]
internal abstract record DeliveryAuth
{
    private DeliveryAuth()
    {
    }

    /// <summary>A record would print its secrets.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>A fixed token (RFC 6750 §2.1).</summary>
    public sealed record Bearer(string Token) : DeliveryAuth;

    /// <summary>User name and password (RFC 7617).</summary>
    public sealed record Basic(string Username, string Password) : DeliveryAuth;

    /// <summary>A token that is fetched with the client credentials grant (RFC 6749 §4.4).</summary>
    public sealed record OAuth2 : DeliveryAuth
    {
        public required string TokenUrl { get; init; }

        public required string ClientId { get; init; }

        public required string ClientSecret { get; init; }

        public IReadOnlyList<string> Scopes { get; init; } = [];

        /// <summary>For whom the token is; some authorization servers ask for it. Null: not said.</summary>
        public string? Audience { get; init; }
    }
}
