using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Postern.Configuration.Values;

/// <summary>Public keys as people keep and publish them: PEM, or a JWK Set (RFC 7517 §5).</summary>
internal static class PublicKeys
{
    /// <exception cref="FormatException">It is neither; the message completes "cannot be used: …".</exception>
    public static IReadOnlyList<JsonWebKey> Parse(string text) => text.Contains("-----BEGIN", StringComparison.Ordinal) ? ReadPem(text) : ReadSet(text);

    private static IReadOnlyList<JsonWebKey> ReadSet(string text)
    {
        try
        {
            using var set = JsonDocument.Parse(text);
            return set.RootElement.ValueKind == JsonValueKind.Object && set.RootElement.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
                ? [.. keys.EnumerateArray().Select(ReadKey).OfType<JsonWebKey>()]
                : throw NoSet();
        }
        catch (JsonException exception)
        {
            throw NoSet(exception);
        }
    }

    // Each by itself: one that cannot be read is left out, and takes no other along (RFC 7517 §5).
    private static JsonWebKey? ReadKey(JsonElement key)
    {
        try
        {
            return new JsonWebKey(key.GetRawText());
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static List<JsonWebKey> ReadPem(string text)
    {
        var rest = text.AsSpan();
        var keys = new List<JsonWebKey>();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            keys.Add(rest[fields.Label] is "PUBLIC KEY" ? ReadPublicKey(Convert.FromBase64String(rest[fields.Base64Data].ToString())) : throw NoPublicKey());
            rest = rest[fields.Location.End..];
        }

        return keys;
    }

    private static JsonWebKey ReadPublicKey(byte[] info)
    {
        try
        {
            var key = PublicKey.CreateFromSubjectPublicKeyInfo(info, out _);
            using var rsa = key.GetRSAPublicKey();
            using var curve = rsa is null ? key.GetECDsaPublicKey() : null;
            return rsa is not null ? JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa.ExportParameters(false)))
                : curve is not null ? Plain(JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(curve)))
                : throw NoPublicKey();
        }
        catch (CryptographicException exception)
        {
            throw NoPublicKey(exception);
        }
    }

    // The converter leaves the object that it was given in the key, and that one ends here.
    private static JsonWebKey Plain(JsonWebKey curve) => new() { Kty = curve.Kty, Crv = curve.Crv, X = curve.X, Y = curve.Y };

    private static FormatException NoSet(Exception? inner = null) => new("it is neither a JWK Set nor PEM", inner);

    private static FormatException NoPublicKey(Exception? inner = null) => new("it holds PEM that is no public key of RSA or an elliptic curve (-----BEGIN PUBLIC KEY-----)", inner);
}

