using System.Net.Http.Headers;
using System.Text;
using Postern.Configuration;
using Postern.Egress.Tls;
using Postern.Model;

namespace Postern.Egress.Delivery;

/// <summary>What the callbacks of one subscription carry for their receiver besides the event, opened once per version. It belongs to this subscription alone.</summary>
internal sealed class CallbackDelivery
{
    public static CallbackDelivery None { get; } = new();

    private readonly AuthoritySet? authorities;
    private readonly ClientCertificate? certificate;
    private TlsProfile tls = TlsProfile.Default;

    private CallbackDelivery()
    {
    }

    private CallbackDelivery(DeliveryAuth? auth, IReadOnlyDictionary<string, string>? headers, DeliveryTls? tls)
    {
        Headers = headers ?? Headers;
        Authorization = auth switch
        {
            DeliveryAuth.Bearer bearer => new AuthenticationHeaderValue("Bearer", bearer.Token),
            DeliveryAuth.Basic basic =>
                new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{basic.Username}:{basic.Password}"))),
            _ => null,
        };
        Token = auth is DeliveryAuth.OAuth2 grant ? new OAuthToken(grant) : null;
        authorities = tls?.Ca is { } ca ? AuthoritySet.Read(ca).Authorities ?? throw Unreadable() : null;
        certificate = tls?.Certificate is { } own ? ClientCertificate.Read(own, tls.Key!).Certificate ?? throw Unreadable() : null;
    }

    private IReadOnlyDictionary<string, string> Headers { get; } = new Dictionary<string, string>();

    /// <summary>Goes before one among the headers; null: none, or a token that must be asked for.</summary>
    private AuthenticationHeaderValue? Authorization { get; }

    /// <summary>Null unless a token must be asked for.</summary>
    public OAuthToken? Token { get; }

    /// <summary>It meets its receiver in its own way: what goes wrong with TLS says nothing about the endpoint that others call.</summary>
    public bool HasOwnTls => authorities is not null || certificate is not null;

    /// <exception cref="SecretUnreadableException">The configured key is not the one it was sealed with.</exception>
    public static CallbackDelivery Open(Subscription subscription, SecretProtector protector) => subscription.Delivery is null
        ? None
        : new CallbackDelivery(protector.OpenAuth(subscription), protector.OpenHeaders(subscription), protector.OpenTls(subscription));

    /// <summary>Adds what is the same in each request.</summary>
    public void AddTo(HttpRequestHeaders headers)
    {
        foreach (var (name, value) in Headers)
        {
            headers.Add(name, value);
        }

        if (Authorization is { } authorization)
        {
            headers.Authorization = authorization;
        }
    }

    /// <summary>Adds a token where one must be asked for, and returns it; null where none is.</summary>
    public async ValueTask<string?> AddTokenAsync(HttpRequestHeaders headers, OAuthClient tokens, CancellationToken cancellation)
    {
        var token = Token is null ? null : await Token.GetAsync(tokens, cancellation);
        if (token is not null)
        {
            headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return token;
    }

    /// <summary>Whom its connections trust and what they show, by the configuration as it is now.</summary>
    /// <param name="path">Path of its resource, which says whose API it is.</param>
    public TlsProfile TlsOf(PosternConfiguration configuration, string path)
    {
        var besides = configuration.Apis.Count == 0 ? null : configuration.ApiAt(path)?.Egress.Authorities;
        var current = tls;
        if (!HasOwnTls && besides is null)
        {
            return TlsProfile.Default;
        }

        // A new one only when the operator has changed something.
        return ReferenceEquals(current.Given, besides) && current != TlsProfile.Default ? current : tls = new TlsProfile(authorities, besides, certificate);
    }

    private static SecretUnreadableException Unreadable() => new("The certificates of a subscription cannot be read any more.");
}
