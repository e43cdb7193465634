using System.Security.Cryptography;
using System.Text;

namespace Postern.Gateway.Identity.Webhooks;

/// <summary>Whether a key has signed a message (Standard Webhooks 1.0.0, symmetric): pure.</summary>
internal static class WebhookSignature
{
    /// <summary>Takes the same time wherever a signature differs, and whichever of the list it is.</summary>
    public static bool Verify(ReadOnlySpan<byte> key, WebhookHeaders headers, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.ASCII.GetBytes(headers.Prefix));
        hash.AppendData(body);
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hash.GetHashAndReset(expected);
        var verified = false;
        foreach (var signature in headers.Signatures)
        {
            verified |= CryptographicOperations.FixedTimeEquals(expected, signature);
        }

        return verified;
    }
}
