using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Postern.Configuration.Values;

namespace Postern.Gateway.Identity.Jwt;

/// <summary>A key of an issuer, ready to verify with those algorithms alone that the issuer may use and the key is made for.</summary>
internal sealed class IssuerKey
{
    private static readonly CryptoProviderFactory Providers = new() { CacheSignatureProviders = false };

    private readonly Dictionary<string, SignatureProvider> verifiers = new(StringComparer.Ordinal);

    public IssuerKey(JsonWebKey key, IEnumerable<string> algorithms)
    {
        Id = string.IsNullOrEmpty(key.Kid) ? null : key.Kid;
        foreach (var algorithm in algorithms)
        {
            if (TokenAlgorithms.Fits(key, algorithm))
            {
                verifiers[algorithm] = Providers.CreateForVerifying(key, algorithm);
            }
        }
    }

    /// <summary>Null: the key has no name, and is tried for every token.</summary>
    public string? Id { get; }

    public bool IsUsable => verifiers.Count > 0;

    public bool Verifies(Token token) => verifiers.TryGetValue(token.Algorithm, out var verifier) && IsValid(verifier, token);

    private static bool IsValid(SignatureProvider verifier, Token token)
    {
        try
        {
            // An empty signature is refused with an exception.
            return token.Signature.Length > 0 && verifier.Verify(token.Signed, token.Signature);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            // A signature of a length that its algorithm cannot make.
            return false;
        }
    }
}
