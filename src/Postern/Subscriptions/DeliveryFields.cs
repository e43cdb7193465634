using System.ComponentModel;
using System.Text.Json;
using Postern.Egress;
using Postern.Egress.Delivery;
using Postern.Model;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>What a call says about the delivery: a part that is not given stays, null takes it away.</summary>
internal sealed record DeliveryFields
{
    /// <summary>Names of the parts that were given, null values among them.</summary>
    public required IReadOnlySet<string> Given { get; init; }

    public DeliveryAuth? Auth { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    public DeliveryTls? Tls { get; init; }

    /// <summary>What is shown of <see cref="Tls"/>.</summary>
    public TlsView? TlsShown { get; init; }

    /// <summary>The parts that have a value, sealed for one subscription.</summary>
    public SubscriptionDelivery Seal(string id, SecretProtector protector) => new(
        Auth is null ? null : protector.Seal(id, Auth, Write(Shown(Auth))),
        Headers is null ? null : protector.Seal(id, Headers, Write(Headers.Keys)),
        Tls is null ? null : protector.Seal(id, Tls, Write(TlsShown)));

    /// <param name="sealedParts">Those of <see cref="Seal"/>.</param>
    public SubscriptionDelivery? Patch(SubscriptionDelivery? delivery, SubscriptionDelivery sealedParts) => new SubscriptionDelivery(
        Given.Contains("auth") ? sealedParts.Auth : delivery?.Auth,
        Given.Contains("headers") ? sealedParts.Headers : delivery?.Headers,
        Given.Contains("tls") ? sealedParts.Tls : delivery?.Tls).OrNull();

    private static AuthView Shown(DeliveryAuth auth) => auth switch
    {
        DeliveryAuth.Bearer => new() { Type = "bearer" },
        DeliveryAuth.Basic basic => new() { Type = "basic", Username = basic.Username },
        DeliveryAuth.OAuth2 oauth => new()
        {
            Type = "oauth2", TokenUrl = oauth.TokenUrl, ClientId = oauth.ClientId, Scopes = oauth.Scopes.Count == 0 ? null : oauth.Scopes, Audience = oauth.Audience,
        },
        _ => throw new InvalidOperationException($"No such credentials: {auth}."),
    };

    private static string Write<T>(T shown) => JsonSerializer.Serialize(shown, Json.Options);
}

[Description("What callbacks carry for their receiver besides the event. None of its secrets is shown again. A part that is left out of a change stays, null takes it away.")]
internal sealed record DeliveryRequest
{
    [Description("Credentials in the header `Authorization`.")]
    public AuthRequest? Auth { get; init; }

    [Description("Headers to add, by name, at most 20. None that frames the message, that the gateway says itself, or that a proxy obeys. "
        + "`auth` goes before an `Authorization` among them.")]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    [Description("Certificates.")]
    public TlsRequest? Tls { get; init; }
}

[Description("Credentials for the receiver, one of three kinds.")]
internal sealed record AuthRequest
{
    [Description("`bearer`: `token`; `basic`: `username` and `password`; `oauth2`: `tokenUrl`, `clientId` and `clientSecret`, for the client credentials grant (RFC 6749 §4.4).")]
    public required string Type { get; init; }

    [Description("`bearer`: sent as it is.")]
    public string? Token { get; init; }

    [Description("`basic`: no colon.")]
    public string? Username { get; init; }

    [Description("`basic`")]
    public string? Password { get; init; }

    [Description("`oauth2`: token endpoint of the authorization server, under the same rules as the callback's URL.")]
    public string? TokenUrl { get; init; }

    [Description("`oauth2`")]
    public string? ClientId { get; init; }

    [Description("`oauth2`")]
    public string? ClientSecret { get; init; }

    [Description("`oauth2`: what the token is asked for, at most 50.")]
    public IReadOnlyList<string>? Scopes { get; init; }

    [Description("`oauth2`: for whom the token is, where the server asks for it.")]
    public string? Audience { get; init; }
}

[Description("How connections to the receiver are secured; all of it in PEM.")]
internal sealed record TlsRequest
{
    [Description("Root certificates of the only authorities that may vouch for the receiver; those that the operator trusts when left out.")]
    public string? Ca { get; init; }

    [Description("Client certificate, then those between it and the root. With `key`.")]
    public string? Certificate { get; init; }

    [Description("Its private key, not encrypted.")]
    public string? Key { get; init; }
}
