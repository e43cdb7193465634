using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Postern.Configuration.Values;

namespace Postern.Gateway.Identity.Jwt;

/// <summary>A key of an issuer, ready to verify with those algorithms alone that the issuer may use and the key is made for.</summary>
internal sealed class IssuerKey
{
    private static readonly CryptoProviderFactory Providers = new() { CacheSignatureProviders = false };

    private static readonly byte[] Nothing = [0];

    private readonly Dictionary<string, SignatureProvider> verifiers = new(StringComparer.Ordinal);

    public IssuerKey(JsonWebKey key, IEnumerable<string> algorithms)
    {
        Id = string.IsNullOrEmpty(key.Kid) ? null : key.Kid;
        foreach (var algorithm in algorithms)
        {
            if (TokenAlgorithms.Fits(key, algorithm) && FindVerifier(key, algorithm) is { } verifier)
            {
                verifiers[algorithm] = verifier;
            }
        }
    }

    /// <summary>Null: the key has no name, and is tried for every token.</summary>
    public string? Id { get; }

    public bool IsUsable => verifiers.Count > 0;

    public bool Verifies(Token token) => verifiers.TryGetValue(token.Algorithm, out var verifier) && IsValid(verifier, token.Signed, token.Signature);

    // RFC 7517 §5: a key that is none is left out. What lacks its exponent, or is a point beside its curve, is found out by the first use alone.
    private static SignatureProvider? FindVerifier(JsonWebKey key, string algorithm)
    {
        try
        {
            var verifier = Providers.CreateForVerifying(key, algorithm);
            IsValid(verifier, Nothing, Nothing);
            return verifier;
        }
        catch (Exception exception) when (exception is NotSupportedException or CryptographicException or ArgumentException or FormatException)
        {
            return null;
        }
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
