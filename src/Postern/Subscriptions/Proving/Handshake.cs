using System.Globalization;
using System.Net.Http.Headers;
using Postern.Egress;

namespace Postern.Subscriptions.Proving;

/// <summary>The receiver consents to our origin in its answer to <c>OPTIONS</c> (CloudEvents webhook 1.0, §4).</summary>
internal static class Handshake
{
    private const string RequestOrigin = "WebHook-Request-Origin";
    private const string RequestRate = "WebHook-Request-Rate";
    private const string AllowedOrigin = "WebHook-Allowed-Origin";
    private const string AllowedRate = "WebHook-Allowed-Rate";
    private const int SecondsPerMinute = 60;

    /// <param name="rate">Callbacks a second that are sent at most; infinity: no limit, and no rate is asked for.</param>
    public static async Task<ProofAnswer> AskAsync(EgressClient egress, EgressRequest request, string origin, double rate, CancellationToken cancellation)
    {
        var hasRate = double.IsFinite(rate);
        request.Headers.Add(RequestOrigin, origin);
        if (hasRate)
        {
            request.Headers.Add(RequestRate, Math.Max(1, (long)(rate * SecondsPerMinute)).ToString(CultureInfo.InvariantCulture));
        }

        using var response = await egress.SendAsync(request, cancellation);
        return Judge(response.Headers, origin, hasRate);
    }

    /// <summary>The fields alone decide: a status is no consent (§4.2).</summary>
    internal static ProofAnswer Judge(HttpResponseHeaders headers, string origin, bool askedForRate)
    {
        if (Read(headers, AllowedOrigin) is not { } allowed)
        {
            return new ProofAnswer.Refusal($"The receiver's answer to OPTIONS has no {AllowedOrigin}: it must be {origin} or *, whatever the status.");
        }

        if (allowed != "*" && !allowed.Equals(origin, StringComparison.OrdinalIgnoreCase))
        {
            return new ProofAnswer.Refusal($"The receiver's answer to OPTIONS allows another origin: {AllowedOrigin} must be {origin} or *.");
        }

        return Read(headers, AllowedRate) switch
        {
            // Where a rate was asked for it has to be answered (§4.2.2).
            null when askedForRate => new ProofAnswer.Refusal($"The receiver's answer to OPTIONS has no {AllowedRate}: a number of callbacks a minute, or *, was asked for."),
            null or "*" => new ProofAnswer.Consent(origin, Rate: null),
            { } text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var perMinute) && perMinute > 0 => new ProofAnswer.Consent(origin, perMinute),
            _ => new ProofAnswer.Refusal($"The receiver's {AllowedRate} is neither a whole number of callbacks a minute nor *."),
        };
    }

    /// <summary>The value of a field that is there once; null otherwise: two values are no clear answer.</summary>
    private static string? Read(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) && values.Count == 1 ? values.ToString().Trim() : null;
}
