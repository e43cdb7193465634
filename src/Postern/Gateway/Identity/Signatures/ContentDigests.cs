using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Postern.Gateway.Identity.Signatures.Structured;

namespace Postern.Gateway.Identity.Signatures;

/// <summary>Whether a body is the one that <c>Content-Digest</c> tells of (RFC 9530 §2): pure.</summary>
internal static class ContentDigests
{
    /// <param name="body">As it was sent, in its coding.</param>
    /// <returns>Why it is not, or cannot be known; null when it is.</returns>
    public static string? FindFault(IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        if (StructuredDictionary.Parse(headers[Coverage.ContentDigest]) is not { } digests)
        {
            return "Content-Digest is not a dictionary of structured fields (RFC 9651) in which everything stands once.";
        }

        // Others are passed over, old ones above all: they prove nothing.
        var (first, second) = (digests.Find("sha-256"), digests.Find("sha-512"));
        return first is null && second is null ? "Content-Digest holds neither sha-256 nor sha-512."
            : (first is null || Is(first, SHA256.HashData(body))) && (second is null || Is(second, SHA512.HashData(body))) ? null
            : "The body is not the one that was signed (Content-Digest).";
    }

    private static bool Is(StructuredValue value, byte[] digest) => value is StructuredItem { Value.Bytes: { } said } && said.AsSpan().SequenceEqual(digest);
}
