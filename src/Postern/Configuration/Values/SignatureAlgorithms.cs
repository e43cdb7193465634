using System.Security.Cryptography;
using NSec.Cryptography;

namespace Postern.Configuration.Values;

/// <summary>The signature algorithms of HTTP messages (RFC 9421 §3.3), and the one kind of key that each of them takes.</summary>
internal static class SignatureAlgorithms
{
    public const string HmacSha256 = "hmac-sha256";
    public const string Ed25519 = "ed25519";
    public const string EcdsaP256Sha256 = "ecdsa-p256-sha256";
    public const string EcdsaP384Sha384 = "ecdsa-p384-sha384";
    public const string RsaPssSha512 = "rsa-pss-sha512";
    public const string RsaPkcs1Sha256 = "rsa-v1_5-sha256";

    private const int MinSecretBytes = 32;
    private const int MaxSecretBytes = 128;
    private const int MinRsaBits = 2048;

    // What verifies in a millisecond: who knows the id of a key can have the gateway try.
    private const int MaxRsaBits = 8192;

    public static IReadOnlyList<string> Names { get; } = [Ed25519, EcdsaP256Sha256, EcdsaP384Sha384, RsaPssSha512, RsaPkcs1Sha256, HmacSha256];

    /// <summary>The bytes of a secret; null when it is none.</summary>
    public static byte[]? DecodeSecret(string text)
    {
        var bytes = new byte[MaxSecretBytes + 2];
        return text.Length <= MaxSecretBytes / 3 * 4 + 4 && Convert.TryFromBase64String(text, bytes, out var length) && length is >= MinSecretBytes and <= MaxSecretBytes
            ? bytes[..length]
            : null;
    }

    /// <summary>The one public key that stands in PEM; null when there is none, or something else.</summary>
    public static byte[]? DecodePem(string? pem) =>
        PemEncoding.TryFind(pem, out var fields) && pem.AsSpan()[fields.Label] is "PUBLIC KEY" && !PemEncoding.TryFind(pem.AsSpan()[fields.Location.End..], out _)
            ? Convert.FromBase64String(pem.AsSpan()[fields.Base64Data].ToString())
            : null;

    /// <summary>Why a public key cannot be used with an algorithm, as "is not …"; null when it can.</summary>
    public static string? FindFault(byte[] key, string algorithm)
    {
        var (needed, fits) = algorithm switch
        {
            Ed25519 => ("a key of Ed25519", static key => ReadEdwards(key) is not null),
            EcdsaP256Sha256 => ("a key on P-256", static key => CurveOf(key) == ECCurve.NamedCurves.nistP256.Oid.Value),
            EcdsaP384Sha384 => ("a key on P-384", static key => CurveOf(key) == ECCurve.NamedCurves.nistP384.Oid.Value),
            _ => ($"an RSA key of {MinRsaBits} to {MaxRsaBits} bits", (Func<byte[], bool>)(static key => BitsOfRsa(key) is >= MinRsaBits and <= MaxRsaBits)),
        };
        return Fits(key, fits) ? null : $"is not {needed}, which {algorithm} needs.";
    }

    public static PublicKey? ReadEdwards(byte[] key) =>
        PublicKey.TryImport(SignatureAlgorithm.Ed25519, key, KeyBlobFormat.PkixPublicKey, out var edwards) ? edwards : null;

    private static bool Fits(byte[] key, Func<byte[], bool> fits)
    {
        try
        {
            return fits(key);
        }
        catch (CryptographicException)
        {
            // A key of another kind.
            return false;
        }
    }

    private static string? CurveOf(byte[] key)
    {
        using var curve = ECDsa.Create();
        curve.ImportSubjectPublicKeyInfo(key, out _);
        return curve.ExportParameters(includePrivateParameters: false).Curve.Oid.Value;
    }

    private static int BitsOfRsa(byte[] key)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(key, out _);
        return rsa.KeySize;
    }
}
