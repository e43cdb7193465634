using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Postern.Gateway.Identity.Jwt;

/// <summary>Reads a token in one way only: whoever reads it as well can see nothing else in it.</summary>
/// <remarks>
/// Strict where libraries are lenient: names that stand twice, base64 with other spellings, <c>crit</c> (RFC 7515 §4.1.11), types
/// of token that are made for something else (RFC 8725 §3.11). Keys that a token brings along (<c>jwk</c>, <c>jku</c>, <c>x5c</c>,
/// <c>x5u</c>) are never looked at.
/// </remarks>
internal static class TokenReader
{
    /// <summary>Far more than issuers make; what is larger is not worth hashing.</summary>
    public const int MaxLength = 16 * 1024;

    public static readonly string TooLong = $"The token is longer than {MaxLength} characters.";

    private const int MaxKeyId = 256;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };
    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    private static readonly string[] Types = ["JWT", "at+jwt", "application/at+jwt"];

    /// <summary>Whether a text has the outer shape of a signed token: header, claims and signature, the first of them an object.</summary>
    public static bool LooksSigned(string text) => text.StartsWith("eyJ", StringComparison.Ordinal) && text.AsSpan().Count('.') == 2;

    /// <summary>The token, or why it is none.</summary>
    public static Token? Read(string text, out string? fault)
    {
        fault = text.Length > MaxLength ? TooLong : null;
        if (fault is not null)
        {
            return null;
        }

        var parts = text.Split('.', 4);
        if (parts.Length != 3 || Decode(parts[0]) is not { } head || Decode(parts[1]) is not { } body || Decode(parts[2]) is not { } signature)
        {
            fault = "The token is not three parts in base64url without padding.";
            return null;
        }

        if (ReadObject(head) is not { } header || ReadObject(body) is not { } claims)
        {
            fault = "Header or claims of the token are not one JSON object whose names stand once.";
            return null;
        }

        if ((fault = HeaderFault(header)) is not null)
        {
            return null;
        }

        return new Token
        {
            Algorithm = TokenClaims.Text(header, "alg")!,
            KeyId = TokenClaims.Text(header, "kid"),
            Claims = claims,
            Signed = Encoding.ASCII.GetBytes(text, 0, parts[0].Length + 1 + parts[1].Length),
            Signature = signature,
        };
    }

    private static string? HeaderFault(JsonElement header)
    {
        if (TokenClaims.Text(header, "alg") is null)
        {
            return "The token names no algorithm.";
        }

        if (header.TryGetProperty("crit", out _))
        {
            return "The token demands an extension (crit) that is not known here.";
        }

        if (header.TryGetProperty("enc", out _) || header.TryGetProperty("zip", out _))
        {
            return "The token is encrypted or compressed.";
        }

        if (header.TryGetProperty("kid", out _) && TokenClaims.Text(header, "kid") is not { Length: > 0 and <= MaxKeyId })
        {
            return "The token's key id is not a short text.";
        }

        return header.TryGetProperty("typ", out _) && !Types.Contains(TokenClaims.Text(header, "typ"), StringComparer.OrdinalIgnoreCase)
            ? "The token was made for something else (typ)."
            : null;
    }

    private static byte[]? Decode(string part)
    {
        // The decoder skips white space and takes padding: each of them is another spelling of the same token. Stray bits it refuses itself.
        if (part.AsSpan().ContainsAnyExcept(Alphabet))
        {
            return null;
        }

        var bytes = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        return Base64Url.DecodeFromChars(part, bytes, out _, out var length) == OperationStatus.Done ? bytes[..length] : null;
    }

    private static JsonElement? ReadObject(byte[] utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Half a surrogate pair in a name is found late, and said in another way.
            return null;
        }
    }
}
