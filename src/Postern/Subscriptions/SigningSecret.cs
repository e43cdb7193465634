using System.Security.Cryptography;

namespace Postern.Subscriptions;

/// <summary>Signing secrets as Standard Webhooks writes them: <c>whsec_</c> and 24 to 64 bytes in base64.</summary>
internal static class SigningSecret
{
    public const string Prefix = "whsec_";
    public const int MinBytes = 24;
    public const int MaxBytes = 64;

    private const int NewBytes = 32;

    public static byte[] Create() => RandomNumberGenerator.GetBytes(NewBytes);

    public static string Format(ReadOnlySpan<byte> secret) => Prefix + Convert.ToBase64String(secret);

    /// <summary>Null when it is none, or too short or too long. Only the canonical spelling is taken: it is shown as it was given.</summary>
    public static byte[]? Parse(string text)
    {
        Span<byte> secret = stackalloc byte[MaxBytes];
        return text.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[Prefix.Length..], secret, out var written)
            && written >= MinBytes
            && Format(secret[..written]) == text
                ? secret[..written].ToArray()
                : null;
    }
}
