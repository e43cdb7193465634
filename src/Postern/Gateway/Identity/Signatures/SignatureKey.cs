using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Postern.Configuration;
using Postern.Configuration.Values;

namespace Postern.Gateway.Identity.Signatures;

/// <summary>A key of a consumer, ready to verify with the one algorithm it is for (RFC 9421 §3.3). Many threads may ask at once.</summary>
internal sealed class SignatureKey
{
    private static readonly CryptoProviderFactory Providers = new() { CacheSignatureProviders = false };

    private readonly Func<byte[], byte[], bool> verify;

    public SignatureKey(CredentialConfiguration.HttpSignature credential) => verify = credential.Algorithm switch
    {
        SignatureAlgorithms.HmacSha256 => OfSecret(credential.KeyBytes),
        SignatureAlgorithms.Ed25519 => OfEdwards(SignatureAlgorithms.ReadEdwards(credential.KeyBytes)!),
        // Tokens are signed in the same ways, by other names (RFC 7518 §3.1).
        SignatureAlgorithms.EcdsaP256Sha256 => Of(credential, SecurityAlgorithms.EcdsaSha256),
        SignatureAlgorithms.EcdsaP384Sha384 => Of(credential, SecurityAlgorithms.EcdsaSha384),
        SignatureAlgorithms.RsaPssSha512 => Of(credential, SecurityAlgorithms.RsaSsaPssSha512),
        SignatureAlgorithms.RsaPkcs1Sha256 => Of(credential, SecurityAlgorithms.RsaSha256),
        _ => throw new InvalidOperationException($"Nothing verifies {credential.Algorithm}."),
    };

    public bool Verifies(byte[] signed, byte[] signature) => verify(signed, signature);

    private static Func<byte[], byte[], bool> OfSecret(byte[] secret) =>
        (signed, signature) => CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(secret, signed), signature);

    private static Func<byte[], byte[], bool> OfEdwards(NSec.Cryptography.PublicKey key) =>
        (signed, signature) => NSec.Cryptography.SignatureAlgorithm.Ed25519.Verify(key, signed, signature);

    // The library keeps keys ready for each thread: to read one costs many times what a signature does.
    private static Func<byte[], byte[], bool> Of(CredentialConfiguration.HttpSignature credential, string algorithm)
    {
        var verifier = Providers.CreateForVerifying(PublicKeys.Parse(credential.PublicKey!).Single(), algorithm);
        return (signed, signature) => IsValid(verifier, signed, signature);
    }

    private static bool IsValid(SignatureProvider verifier, byte[] signed, byte[] signature)
    {
        try
        {
            // An empty signature is refused with an exception.
            return signature.Length > 0 && verifier.Verify(signed, signature);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            // A signature of a length that its algorithm cannot make.
            return false;
        }
    }
}
