using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Postern.EndToEnd.Attacks.Tokens;

/// <summary>A token, and what is wrong with it; or what is right, where it must be taken.</summary>
internal sealed record TokenVector(string Name, string Token);

/// <summary>An issuer with all its keys at hand: what it signs is wrong in the one thing that is tried, and right in every other.</summary>
internal sealed class ForgingIssuer : IDisposable
{
    public const string Audience = "postern";

    /// <summary>The issuer of what is signed with a key pair.</summary>
    public const string Public = "https://issuer.test/public";

    /// <summary>The issuer of what is signed with a shared secret.</summary>
    public const string Shared = "https://issuer.test/shared";

    public static readonly string[] PublicAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];
    public static readonly string[] SharedAlgorithms = ["HS256", "HS384", "HS512"];
    public static readonly string[] Algorithms = [.. PublicAlgorithms, .. SharedAlgorithms];

    private readonly Dictionary<string, ECDsa> curves = new()
    {
        ["ES256"] = ECDsa.Create(ECCurve.NamedCurves.nistP256), ["ES384"] = ECDsa.Create(ECCurve.NamedCurves.nistP384), ["ES512"] = ECDsa.Create(ECCurve.NamedCurves.nistP521),
    };

    public RSA Rsa { get; } = RSA.Create(2048);

    public string Secret { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(64));

    /// <summary>What the public issuer publishes.</summary>
    public string KeySet => new JsonObject { ["keys"] = new JsonArray([RsaKey(Rsa), .. curves.Select(static curve => CurveKey(curve.Value, curve.Key))]) }.ToJsonString();

    public static HashAlgorithmName HashOf(string algorithm) => new("SHA" + algorithm[2..]);

    public static string KeyIdOf(string algorithm) => algorithm[0] switch { 'E' => algorithm, 'H' => "secret", _ => "rsa" };

    public static JsonObject Header(string algorithm) => new() { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = KeyIdOf(algorithm) };

    public static JsonObject Claims(string issuer) => new()
    {
        ["iss"] = issuer, ["aud"] = Audience, ["sub"] = "acme", ["exp"] = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds(), ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
    };

    public static JsonObject ClaimsFor(string algorithm) => Claims(SharedAlgorithms.Contains(algorithm) ? Shared : Public);

    public static JsonObject RsaKey(RSA rsa, string id = "rsa")
    {
        var parameters = rsa.ExportParameters(false);
        return new() { ["kty"] = "RSA", ["kid"] = id, ["n"] = Encode(parameters.Modulus!), ["e"] = Encode(parameters.Exponent!) };
    }

    public static JsonObject CurveKey(ECDsa curve, string id)
    {
        var point = curve.ExportParameters(false).Q;
        return new() { ["kty"] = "EC", ["kid"] = id, ["crv"] = $"P-{curve.KeySize}", ["x"] = Encode(point.X!), ["y"] = Encode(point.Y!) };
    }

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    public ECDsa Curve(string algorithm) => curves[algorithm];

    /// <summary>A token that must be taken.</summary>
    public string Make(string algorithm) => Make(algorithm, Header(algorithm).ToJsonString(), ClaimsFor(algorithm).ToJsonString());

    /// <summary>A token of any header and claims, with the signature of an algorithm.</summary>
    public string Make(string algorithm, string header, string claims) => SignText(algorithm, $"{Encode(header)}.{Encode(claims)}");

    /// <summary>Two parts as they are, with the signature over them.</summary>
    public string SignText(string algorithm, string signed) => $"{signed}.{Encode(Sign(algorithm, Encoding.Latin1.GetBytes(signed)))}";

    public byte[] Sign(string algorithm, byte[] signed) => algorithm[0] switch
    {
        'R' => Rsa.SignData(signed, HashOf(algorithm), RSASignaturePadding.Pkcs1),
        'P' => Rsa.SignData(signed, HashOf(algorithm), RSASignaturePadding.Pss),
        'E' => curves[algorithm].SignData(signed, HashOf(algorithm)),
        _ => CryptographicOperations.HmacData(HashOf(algorithm), Encoding.UTF8.GetBytes(Secret), signed),
    };

    public void Dispose()
    {
        Rsa.Dispose();
        foreach (var curve in curves.Values)
        {
            curve.Dispose();
        }
    }
}
