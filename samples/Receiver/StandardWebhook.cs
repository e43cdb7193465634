using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Samples.Receiver;

/// <summary>
/// Verifies a callback by the Standard Webhooks specification, version 1: all a receiver needs, in one file to copy.
/// </summary>
public static class StandardWebhook
{
    /// <summary>How far the timestamp may be from this clock: an old callback that somebody recorded is not accepted again.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string SecretPrefix = "whsec_";

    /// <summary>Null when the callback is genuine, else what is wrong with it.</summary>
    /// <param name="secret"><c>whsec_…</c>, as the subscription was answered.</param>
    /// <param name="id">Header <c>webhook-id</c>.</param>
    /// <param name="timestamp">Header <c>webhook-timestamp</c>, seconds since 1970.</param>
    /// <param name="signatures">Header <c>webhook-signature</c>: one or more <c>v1,…</c> with spaces between.</param>
    /// <param name="body">The body, byte for byte as it came.</param>
    /// <param name="now">This clock.</param>
    public static string? FaultOf(string secret, string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signatures))
        {
            return "webhook-id, webhook-timestamp or webhook-signature is missing";
        }

        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - (decimal)seconds) > (decimal)Tolerance.TotalSeconds)
        {
            return "webhook-timestamp is more than five minutes from this clock";
        }

        var expected = Sign(secret, id, timestamp, body);
        foreach (var signature in signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            // The comparison takes the same time wherever the first difference stands.
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), expected))
            {
                return null;
            }
        }

        return "no webhook-signature was made with this secret";
    }

    /// <summary><c>v1,</c> and the base64 of HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
    private static byte[] Sign(string secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        var key = Convert.FromBase64String(secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? secret[SecretPrefix.Length..] : secret);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        return Encoding.UTF8.GetBytes("v1," + Convert.ToBase64String(hmac.GetHashAndReset()));
    }
}
