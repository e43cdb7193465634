using System.ComponentModel;
using System.Text.Json;
using Postern.Model;

namespace Postern.Operations;

[Description("Credentials, headers and TLS for the receiver, as far as they may be seen: what is secret is written once and never shown.")]
internal sealed record DeliveryView
{
    [Description("Credentials; missing when none are set.")]
    public AuthView? Auth { get; init; }

    [Description("Names of the headers that are added; their values are not shown.")]
    public IReadOnlyList<string>? Headers { get; init; }

    [Description("Certificates; missing when none are set.")]
    public TlsView? Tls { get; init; }

    public static DeliveryView? Of(SubscriptionDelivery? delivery) => delivery?.OrNull() is null ? null : new()
    {
        Auth = Read<AuthView>(delivery.Auth),
        Headers = Read<IReadOnlyList<string>>(delivery.Headers),
        Tls = Read<TlsView>(delivery.Tls),
    };

    private static T? Read<T>(SealedPart? part)
        where T : class => part is null ? null : JsonSerializer.Deserialize<T>(part.Shown, Json.Options);
}

[Description("Credentials that are set; token, password and client secret are not shown.")]
internal sealed record AuthView
{
    [Description("`bearer`, `basic` or `oauth2`.")]
    public required string Type { get; init; }

    [Description("`basic`: the user name.")]
    public string? Username { get; init; }

    [Description("`oauth2`: where access tokens are asked for.")]
    public string? TokenUrl { get; init; }

    [Description("`oauth2`: who asks.")]
    public string? ClientId { get; init; }

    [Description("`oauth2`: what is asked for.")]
    public IReadOnlyList<string>? Scopes { get; init; }

    [Description("`oauth2`: for whom the token is.")]
    public string? Audience { get; init; }
}

[Description("Certificates that are set; the private key is not shown.")]
internal sealed record TlsView
{
    [Description("Only authorities of the subscription's own are trusted.")]
    public required bool Ca { get; init; }

    [Description("Whose the client certificate is; missing when none is set.")]
    public string? Certificate { get; init; }

    [Description("When the first of the certificates ends.")]
    public required DateTimeOffset Expires { get; init; }
}
