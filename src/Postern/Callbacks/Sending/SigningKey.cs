using System.Security.Cryptography;

namespace Postern.Callbacks.Sending;

/// <summary>An opened secret that signs.</summary>
/// <param name="key">24 to 64 random bytes.</param>
/// <param name="expires">When it stops signing; null: the current one.</param>
internal sealed class SigningKey(byte[] key, DateTimeOffset? expires)
{
    // One keyed hash is kept ready: 1.0 instead of 1.8 µs per signature. Whoever finds it taken makes another.
    private IncrementalHash? spare;

    public bool SignsAt(DateTimeOffset at) => expires is null || at < expires;

    public IncrementalHash Rent() => Interlocked.Exchange(ref spare, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);

    public void Return(IncrementalHash hash)
    {
        if (Interlocked.CompareExchange(ref spare, hash, null) is not null)
        {
            hash.Dispose();
        }
    }
}
