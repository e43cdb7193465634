using System.Security.Cryptography;

namespace Postern.Egress;

/// <summary>A key that encrypts the data keys of secrets.</summary>
internal sealed class SecretKey
{
    public const int Bytes = 32;

    /// <summary>Bytes of the fingerprint that each sealed secret carries: so many that no two keys share it by chance.</summary>
    public const int FingerprintBytes = 8;

    private readonly byte[] key;
    private readonly byte[] fingerprint;

    /// <param name="id">Its name for operators: the id in the configuration, or where it comes from.</param>
    /// <param name="key">The key itself.</param>
    public SecretKey(string id, ReadOnlySpan<byte> key)
    {
        if (key.Length != Bytes)
        {
            throw new ArgumentException($"The key has {key.Length} bytes; it needs {Bytes}.", nameof(key));
        }

        Id = id;
        this.key = key.ToArray();

        // Taken from the key, so that it needs no bookkeeping: whatever its id is, it is told from the others.
        fingerprint = SHA256.HashData(key)[..FingerprintBytes];
    }

    public string Id { get; }

    public ReadOnlySpan<byte> Fingerprint => fingerprint;

    public AesGcm Cipher() => new(key, SecretFormat.TagBytes);
}
