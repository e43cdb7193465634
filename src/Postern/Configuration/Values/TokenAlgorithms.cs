using Microsoft.IdentityModel.Tokens;

namespace Postern.Configuration.Values;

/// <summary>The signature algorithms of tokens (RFC 7518 §3.1), and the one kind of key that each of them takes.</summary>
internal static class TokenAlgorithms
{
    private const int MinRsaBits = 2048;

    private static readonly Dictionary<string, (string Kind, string? Curve, int SecretBytes)> Known = new(StringComparer.Ordinal)
    {
        ["RS256"] = ("RSA", null, 0), ["RS384"] = ("RSA", null, 0), ["RS512"] = ("RSA", null, 0),
        ["PS256"] = ("RSA", null, 0), ["PS384"] = ("RSA", null, 0), ["PS512"] = ("RSA", null, 0),
        ["ES256"] = ("EC", "P-256", 0), ["ES384"] = ("EC", "P-384", 0), ["ES512"] = ("EC", "P-521", 0),
        ["HS256"] = ("oct", null, 32), ["HS384"] = ("oct", null, 48), ["HS512"] = ("oct", null, 64),
    };

    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys];

    /// <summary>Whether both sides hold the same secret.</summary>
    public static bool IsShared(string algorithm) => Known[algorithm].Kind == "oct";

    /// <summary>Bytes that a secret has at least (RFC 7518 §3.2).</summary>
    public static int SecretBytes(string algorithm) => Known[algorithm].SecretBytes;

    /// <summary>Whether a key may be used so: by its kind, its size, and what it says itself of its use.</summary>
    public static bool Fits(JsonWebKey key, string algorithm)
    {
        var (kind, curve, secretBytes) = Known[algorithm];
        return key.Kty == kind
            && (key.Use is null or "" or "sig")
            && (key.Alg is null or "" || key.Alg == algorithm)
            && (key.KeyOps.Count == 0 || key.KeyOps.Contains("verify"))
            && kind switch { "RSA" => SizeOf(key) >= MinRsaBits, "EC" => key.Crv == curve, _ => SizeOf(key) >= 8 * secretBytes };
    }

    /// <summary>0 for one that cannot be read: it is one of many in a set, and the others are none the worse for it.</summary>
    private static int SizeOf(JsonWebKey key)
    {
        try
        {
            return key.KeySize;
        }
        catch (FormatException)
        {
            return 0;
        }
    }
}
