using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Model.Access;

/// <summary>
/// Keys that the gateway makes: <c>pk_</c>, an id that is no secret, <c>_</c>, 32 random characters (190 bits) and 6 that check
/// all before them, so that a typo, or a find of a secret scanner, is told from a key without asking anybody.
/// </summary>
public static class ApiKeyText
{
    public const string Prefix = "pk_";

    private const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int IdLength = 10;
    private const int SecretLength = 32;
    private const int CheckLength = 6;
    private const int Length = 3 + IdLength + 1 + SecretLength + CheckLength;

    public static string Create()
    {
        var body = $"{Prefix}{RandomNumberGenerator.GetString(Letters, IdLength)}_{RandomNumberGenerator.GetString(Letters, SecretLength)}";
        return body + Check(body);
    }

    /// <summary>The id of a key of the gateway's own form; null for any other, and for one with a typo.</summary>
    public static string? IdOf(string key) =>
        key.Length == Length && key.StartsWith(Prefix, StringComparison.Ordinal) && key[Prefix.Length + IdLength] == '_'
        && key.EndsWith(Check(key[..^CheckLength]), StringComparison.Ordinal)
            ? key.Substring(Prefix.Length, IdLength)
            : null;

    /// <summary>SHA-256 of a key as the configuration keeps it. A random key needs no slow hash: there is nothing to guess.</summary>
    public static string Digest(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static string Check(string body)
    {
        var rest = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        Span<char> check = stackalloc char[CheckLength];
        for (var place = CheckLength - 1; place >= 0; place--)
        {
            check[place] = Letters[(int)(rest % (uint)Letters.Length)];
            rest /= (uint)Letters.Length;
        }

        return new string(check);
    }
}
