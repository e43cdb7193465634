using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace Postern.Tests.Gateway.Identity;

/// <summary>An issuer of a test's own: makes tokens byte by byte, so that it can make them wrong as well.</summary>
internal sealed class TokenMaker : IDisposable
{
    public const string Issuer = "https://issuer.test/";
    public const string Audience = "postern";

    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly string[] Algorithms =
        ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256", "HS384", "HS512"];

    private readonly Dictionary<string, ECDsa> curves = new(StringComparer.Ordinal)
    {
        ["ES256"] = ECDsa.Create(ECCurve.NamedCurves.nistP256),
        ["ES384"] = ECDsa.Create(ECCurve.NamedCurves.nistP384),
        ["ES512"] = ECDsa.Create(ECCurve.NamedCurves.nistP521),
    };

    public RSA Rsa { get; } = RSA.Create(2048);

    public string Secret { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));

    public static JsonObject Claims(string subject = "acme") => new()
    {
        ["iss"] = Issuer, ["aud"] = Audience, ["sub"] = subject, ["exp"] = Now.AddMinutes(5).ToUnixTimeSeconds(), ["iat"] = Now.ToUnixTimeSeconds(),
    };

    public static JsonObject Header(string algorithm) => new() { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = Kid(algorithm) };

    /// <summary>Keys are named after what they are for.</summary>
    public static string Kid(string algorithm) => algorithm[0] is 'R' or 'P' ? "rsa" : algorithm;

    public string Make(string algorithm, JsonObject? claims = null) => Sign(Header(algorithm).ToJsonString(), (claims ?? Claims()).ToJsonString(), algorithm);

    /// <summary>A token of any header and claims, signed as its algorithm says.</summary>
    public string Sign(string header, string claims, string algorithm)
    {
        var signed = Encode(Encoding.UTF8.GetBytes(header)) + "." + Encode(Encoding.UTF8.GetBytes(claims));
        return signed + "." + Encode(Signature(algorithm, Encoding.ASCII.GetBytes(signed)));
    }

    public byte[] Signature(string algorithm, byte[] signed)
    {
        var hash = new HashAlgorithmName("SHA" + algorithm[2..]);
        return algorithm[0] switch
        {
            'R' => Rsa.SignData(signed, hash, RSASignaturePadding.Pkcs1),
            'P' => Rsa.SignData(signed, hash, RSASignaturePadding.Pss),
            'E' => curves[algorithm].SignData(signed, hash),
            _ => CryptographicOperations.HmacData(hash, Encoding.UTF8.GetBytes(Secret), signed),
        };
    }

    /// <summary>Its public keys as it would publish them.</summary>
    public string Jwks(params string[] without)
    {
        var keys = new JsonArray();
        if (!without.Contains("rsa"))
        {
            var rsa = Rsa.ExportParameters(false);
            keys.Add(new JsonObject { ["kty"] = "RSA", ["kid"] = "rsa", ["use"] = "sig", ["n"] = Encode(rsa.Modulus!), ["e"] = Encode(rsa.Exponent!) });
        }

        foreach (var (algorithm, curve) in curves.Where(curve => !without.Contains(curve.Key)))
        {
            var point = curve.ExportParameters(false).Q;
            keys.Add(new JsonObject
            {
                ["kty"] = "EC", ["kid"] = algorithm, ["alg"] = algorithm, ["crv"] = algorithm switch { "ES256" => "P-256", "ES384" => "P-384", _ => "P-521" },
                ["x"] = Encode(point.X!), ["y"] = Encode(point.Y!),
            });
        }

        return new JsonObject { ["keys"] = keys }.ToJsonString();
    }

    public IReadOnlyList<JsonWebKey> Keys() => [.. new JsonWebKeySet(Jwks()).Keys];

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public void Dispose()
    {
        Rsa.Dispose();
        foreach (var curve in curves.Values)
        {
            curve.Dispose();
        }
    }
}
