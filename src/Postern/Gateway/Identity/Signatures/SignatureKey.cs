using System.Security.Cryptography;
using Postern.Configuration;
using Postern.Configuration.Values;

namespace Postern.Gateway.Identity.Signatures;

/// <summary>A key of a consumer, ready to verify with the one algorithm it is for (RFC 9421 §3.3).</summary>
/// <remarks>Keys of the platform are made anew for each message, some tens of microseconds: they promise nothing to several threads.</remarks>
internal sealed class SignatureKey(CredentialConfiguration.HttpSignature credential)
{
    private readonly byte[] key = credential.KeyBytes;
    private readonly NSec.Cryptography.PublicKey? edwards =
        credential.Algorithm == SignatureAlgorithms.Ed25519 ? SignatureAlgorithms.ReadEdwards(credential.KeyBytes) : null;

    public bool Verifies(ReadOnlySpan<byte> signed, byte[] signature) => credential.Algorithm switch
    {
        SignatureAlgorithms.HmacSha256 => CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, signed), signature),
        SignatureAlgorithms.Ed25519 => NSec.Cryptography.SignatureAlgorithm.Ed25519.Verify(edwards!, signed, signature),
        SignatureAlgorithms.EcdsaP256Sha256 => VerifiesOnCurve(signed, signature, HashAlgorithmName.SHA256),
        SignatureAlgorithms.EcdsaP384Sha384 => VerifiesOnCurve(signed, signature, HashAlgorithmName.SHA384),
        SignatureAlgorithms.RsaPssSha512 => VerifiesRsa(signed, signature, HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
        SignatureAlgorithms.RsaPkcs1Sha256 => VerifiesRsa(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        _ => throw new InvalidOperationException($"Nothing verifies {credential.Algorithm}."),
    };

    private bool VerifiesOnCurve(ReadOnlySpan<byte> signed, byte[] signature, HashAlgorithmName hash)
    {
        using var curve = ECDsa.Create();
        curve.ImportSubjectPublicKeyInfo(key, out _);
        return curve.VerifyData(signed, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private bool VerifiesRsa(ReadOnlySpan<byte> signed, byte[] signature, HashAlgorithmName hash, RSASignaturePadding padding)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(key, out _);
        return rsa.VerifyData(signed, signature, hash, padding);
    }
}
