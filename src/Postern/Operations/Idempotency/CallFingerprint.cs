using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Postern.Operations.Idempotency;

/// <summary>
/// SHA-256 over all that makes a call the same call: method, path, who calls, the headers that say what the body is, the body.
/// </summary>
/// <remarks>Trace headers are left out: a second try has another trace. Each part goes in with its length, so that no two lists of parts are alike.</remarks>
internal static class CallFingerprint
{
    public static byte[] Of(HttpRequest request, string consumer, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, request.Method);
        Append(hash, request.Path.Value);
        Append(hash, request.QueryString.Value);
        Append(hash, consumer);
        foreach (var header in request.Headers.Where(header => IsContent(header.Key)).OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase))
        {
            Append(hash, header.Key.ToLowerInvariant());
            Append(hash, header.Value.ToString());
        }

        Append(hash, body);
        return hash.GetHashAndReset();
    }

    private static bool IsContent(string header) =>
        header.StartsWith("ce-", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase);

    private static void Append(IncrementalHash hash, string? text) => Append(hash, Encoding.UTF8.GetBytes(text ?? ""));

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
