using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Callbacks.Sending;

/// <summary>Standard Webhooks 1.0.0, symmetric: <c>v1,</c> + base64 of HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
internal static class Signature
{
    private const string Version = "v1,";
    private const int Base64Length = (HMACSHA256.HashSizeInBytes + 2) / 3 * 4;

    /// <summary>The value of <c>webhook-signature</c>: a signature for each key that signs at this time, separated by spaces.</summary>
    /// <param name="keys">Newest first. The newest signs always: an endpoint never goes without a signature.</param>
    public static string Create(IReadOnlyList<SigningKey> keys, string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        // Ids are ours (evt_ and 20 characters), a timestamp has at most 12 digits.
        Span<byte> prefix = stackalloc byte[96];
        if (!Encoding.ASCII.TryGetBytes(id, prefix, out var length) || length > 64)
        {
            throw new ArgumentException("An id has at most 64 characters.", nameof(id));
        }

        prefix[length++] = (byte)'.';
        at.ToUnixTimeSeconds().TryFormat(prefix[length..], out var digits, default, CultureInfo.InvariantCulture);
        length += digits;
        prefix[length++] = (byte)'.';

        var first = Sign(keys[0], prefix[..length], body);
        if (keys.Count == 1)
        {
            return first;
        }

        var all = new StringBuilder(first);
        for (var index = 1; index < keys.Count; index++)
        {
            if (keys[index].SignsAt(at))
            {
                all.Append(' ').Append(Sign(keys[index], prefix[..length], body));
            }
        }

        return all.ToString();
    }

    private static string Sign(SigningKey key, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body)
    {
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var hash = key.Rent();
        hash.AppendData(prefix);
        hash.AppendData(body);
        hash.GetHashAndReset(signature);
        key.Return(hash);

        Span<char> text = stackalloc char[Version.Length + Base64Length];
        Version.CopyTo(text);
        Convert.TryToBase64Chars(signature, text[Version.Length..], out _);
        return new string(text);
    }
}
