using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Postern.Egress.Delivery;

/// <summary>Asks authorization servers for access tokens, with the client credentials grant (RFC 6749 §4.4), through the guard.</summary>
internal sealed class OAuthClient(EgressClient egress, TimeProvider time)
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxErrorLength = 64;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    public DateTimeOffset Now => time.GetUtcNow();

    /// <exception cref="EgressException">There is none to be had.</exception>
    public async Task<IssuedToken> RequestAsync(DeliveryAuth.OAuth2 grant)
    {
        using var request = Compose(grant);
        EgressAnswer answer;
        try
        {
            answer = await egress.FetchAsync(request, MaxBytes, Deadline, CancellationToken.None);
        }
        catch (EgressException exception) when (exception.Failure != EgressFailure.Shortage)
        {
            throw new EgressException(EgressFailure.Token, "No access token: " + exception.Message, exception);
        }

        return Read(answer, time.GetUtcNow()) ?? throw new EgressException(EgressFailure.Token, Refusal(answer));
    }

    private static EgressRequest Compose(DeliveryAuth.OAuth2 grant)
    {
        var form = new List<KeyValuePair<string, string>> { new("grant_type", "client_credentials") };
        if (grant.Scopes.Count > 0)
        {
            form.Add(new("scope", string.Join(' ', grant.Scopes)));
        }

        if (grant.Audience is { } audience)
        {
            form.Add(new("audience", audience));
        }

        // RFC 6749 §2.3.1: the one way that every server must take; id and secret are form-encoded first.
        var client = $"{FormEncode(grant.ClientId)}:{FormEncode(grant.ClientSecret)}";
        var request = new EgressRequest(HttpMethod.Post, new Uri(grant.TokenUrl)) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(client)));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return request;
    }

    private static string FormEncode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    /// <summary>The token of an answer (RFC 6749 §5.1); null where it gives none that can be used.</summary>
    internal static IssuedToken? Read(EgressAnswer answer, DateTimeOffset now)
    {
        if (answer.Status != 200 || Parse(answer.Body) is not { ValueKind: JsonValueKind.Object } body)
        {
            return null;
        }

        return Text(body, "access_token") is { } token && DeliveryRules.IsToken(token)
            && "bearer".Equals(Text(body, "token_type"), StringComparison.OrdinalIgnoreCase)
                ? new IssuedToken(token, now + TokenLife.Of(body.TryGetProperty("expires_in", out var seconds) ? seconds : default))
                : null;
    }

    // §5.2: a code of the server's own choice, and no more of the answer than that.
    private static string Refusal(EgressAnswer answer)
    {
        var code = answer.Status != 200 && Parse(answer.Body) is { ValueKind: JsonValueKind.Object } body ? Text(body, "error") : null;
        var said = code is { Length: > 0 and <= MaxErrorLength } && !code.AsSpan().ContainsAnyExceptInRange('!', '~') ? $" ({code})" : "";
        return answer.Status == 200
            ? "The token endpoint answered 200 without an access token of the type Bearer."
            : $"The token endpoint answered {answer.Status}{said}.";
    }

    private static JsonElement? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonElement.Parse(json.Span);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A lone surrogate is valid JSON and no text.
    private static string? Text(JsonElement body, string name)
    {
        try
        {
            return body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
