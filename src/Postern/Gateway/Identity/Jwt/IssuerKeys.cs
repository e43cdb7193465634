using System.Text;
using Microsoft.IdentityModel.Tokens;
using Postern.Configuration.Values;

namespace Postern.Gateway.Identity.Jwt;

/// <summary>The keys of an issuer at one time. Immutable: what was verified with them is known by this object.</summary>
internal sealed class IssuerKeys
{
    // A token without a key id is tried with each.
    private const int Max = 32;

    private readonly IssuerKey[] keys;

    private IssuerKeys(IEnumerable<IssuerKey> keys) => this.keys = [.. keys.Where(static key => key.IsUsable).Take(Max)];

    public int Count => keys.Length;

    /// <summary>What a secret that issuer and gateway share verifies.</summary>
    public static IssuerKeys OfSecret(string secret, IReadOnlyList<string> algorithms) => new(
    [
        new IssuerKey(new JsonWebKey { Kty = "oct", K = Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(secret)) }, algorithms),
    ]);

    /// <summary>Published keys. What cannot be used is left out, as RFC 7517 §5 has it.</summary>
    public static IssuerKeys Of(IEnumerable<JsonWebKey> published, IReadOnlyList<string> algorithms)
    {
        // A published set holds public keys: a secret in it would be one that everybody knows.
        var asymmetric = algorithms.Where(static algorithm => !TokenAlgorithms.IsShared(algorithm)).ToArray();
        return new IssuerKeys(published.Select(key => new IssuerKey(key, asymmetric)));
    }

    /// <summary>Whether one of the keys has signed the token. Where the token names a key, no other is tried.</summary>
    public KeyAnswer Verify(Token token)
    {
        var tried = false;
        foreach (var key in keys)
        {
            if (token.KeyId is null || key.Id is null || key.Id == token.KeyId)
            {
                tried = true;
                if (key.Verifies(token))
                {
                    return KeyAnswer.Signed;
                }
            }
        }

        return tried && token.KeyId is not null ? KeyAnswer.Forged : KeyAnswer.Unknown;
    }
}

/// <summary>What the keys of an issuer say of a token.</summary>
internal enum KeyAnswer
{
    Signed,

    /// <summary>The key that it names has not signed it.</summary>
    Forged,

    /// <summary>None of the keys that are known has signed it: a new one may have.</summary>
    Unknown,
}
