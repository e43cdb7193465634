using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Postern.Egress;
using Postern.Model;

namespace Postern.Subscriptions.Proving;

/// <summary>The receiver gives a random text back that only whoever reads its requests can know (W3C WebSub §5.3).</summary>
internal static class Challenge
{
    private const int RandomBytes = 32;

    /// <summary>A new text for each question.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>The callback URL with our parameters behind its own query, which stays as it is.</summary>
    public static Uri UrlOf(Subscription subscription, string challenge, TimeSpan lease)
    {
        var separator = subscription.Callback.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return new Uri(string.Create(
            CultureInfo.InvariantCulture,
            $"{subscription.Callback}{separator}hub.mode=subscribe&hub.topic={Uri.EscapeDataString(subscription.Path)}&hub.challenge={challenge}&hub.lease_seconds={(long)lease.TotalSeconds}"));
    }

    public static async Task<ProofAnswer> AskAsync(EgressClient egress, EgressRequest request, string challenge, CancellationToken cancellation)
    {
        using var response = await egress.SendAsync(request, cancellation);
        var status = (int)response.StatusCode;
        if (status is < 200 or >= 300)
        {
            return new ProofAnswer.Refusal(status is >= 300 and < 400
                ? $"The receiver answered the challenge with {status}, a redirect. Redirects are not followed: subscribe with the URL itself."
                : $"The receiver answered the challenge with {status}: a 2xx is needed, and the value of hub.challenge as its body.");
        }

        return await IsBodyAsync(response, Encoding.ASCII.GetBytes(challenge), cancellation)
            ? new ProofAnswer.Consent(Origin: null, Rate: null)
            : new ProofAnswer.Refusal("The receiver did not give the challenge back: the body must be the value of hub.challenge, byte for byte, and nothing else.");
    }

    /// <summary>One byte more than the challenge is enough to know.</summary>
    private static async Task<bool> IsBodyAsync(HttpResponseMessage response, byte[] challenge, CancellationToken cancellation)
    {
        var read = new byte[challenge.Length + 1];
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var length = await body.ReadAtLeastAsync(read, read.Length, throwOnEndOfStream: false, cancellation);
        return read.AsSpan(0, length).SequenceEqual(challenge);
    }
}
