using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Server.CrashTest;

/// <summary>
/// Verifies Standard Webhooks 1.0.0 as a receiver does. On purpose not the code that signs: a fault there must not agree with itself here.
/// </summary>
internal static class WebhookSignature
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <param name="signedAt">Seconds since 1970; 0 when the header says no such thing.</param>
    public static bool Verify(byte[] key, string id, string timestamp, string signatures, ReadOnlySpan<byte> body, DateTimeOffset now, out long signedAt)
    {
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out signedAt)
            || Math.Abs(now.ToUnixTimeSeconds() - signedAt) > Tolerance.TotalSeconds)
        {
            return false;
        }

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        Span<byte> expected = stackalloc byte[32];
        hmac.GetHashAndReset(expected);
        Span<byte> given = stackalloc byte[64];
        foreach (var part in signatures.Split(' '))
        {
            if (part.StartsWith("v1,", StringComparison.Ordinal)
                && part.Length <= 3 + 64
                && Convert.TryFromBase64String(part[3..], given, out var length)
                && CryptographicOperations.FixedTimeEquals(expected, given[..length]))
            {
                return true;
            }
        }

        return false;
    }
}
