using System.Security.Cryptography;
using System.Text;
using Postern.Model;

namespace Postern.Egress;

/// <summary>
/// Encrypts what must stay secret in the store: AES-256-GCM, bound to the subscription it belongs to, so that a row copied to
/// another subscription does not open.
/// </summary>
/// <remarks>
/// Layout: version (1 byte), key id (1), nonce (12), ciphertext, tag (16). Nonces are random: with 96 bits, NIST SP 800-38D
/// §8.3 allows 2³² of them under one key.
/// </remarks>
internal sealed class SecretProtector
{
    public const int KeyBytes = 32;

    private const byte Version = 1;
    private const int HeaderBytes = 2;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int Overhead = HeaderBytes + NonceBytes + TagBytes;

    private readonly byte[] key;
    private readonly byte keyId;

    public SecretProtector(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeyBytes)
        {
            throw new ArgumentException($"The key has {key.Length} bytes; it needs {KeyBytes}.", nameof(key));
        }

        this.key = key.ToArray();

        // Taken from the key, so that a key needs no bookkeeping to be told from the next one.
        keyId = SHA256.HashData(key)[0];
    }

    public SealedSecret Seal(string subscriptionId, ReadOnlySpan<byte> secret, DateTimeOffset? expires)
    {
        var sealedBytes = new byte[Overhead + secret.Length];
        var nonce = sealedBytes.AsSpan(HeaderBytes, NonceBytes);
        sealedBytes[0] = Version;
        sealedBytes[1] = keyId;
        RandomNumberGenerator.Fill(nonce);

        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(
            nonce, secret, sealedBytes.AsSpan(HeaderBytes + NonceBytes, secret.Length), sealedBytes.AsSpan(^TagBytes..),
            AssociatedData(sealedBytes.AsSpan(0, HeaderBytes), subscriptionId));
        return new SealedSecret(sealedBytes, expires);
    }

    /// <exception cref="SecretUnreadableException">Sealed with another key, for another subscription, or damaged.</exception>
    public byte[] Open(string subscriptionId, SealedSecret secret)
    {
        var sealedBytes = secret.Ciphertext.Span;
        if (sealedBytes.Length < Overhead || sealedBytes[0] != Version)
        {
            throw new SecretUnreadableException($"A secret of {subscriptionId} is damaged, or was written by a newer version.");
        }

        if (sealedBytes[1] != keyId)
        {
            throw new SecretUnreadableException(
                $"A secret of {subscriptionId} was sealed with key {sealedBytes[1]:x2}, but the configured key is {keyId:x2}. "
                + "Give secrets.key, or the file postern.key beside the store, the key that the store was made with.");
        }

        var opened = new byte[sealedBytes.Length - Overhead];
        try
        {
            using var cipher = new AesGcm(key, TagBytes);
            cipher.Decrypt(
                sealedBytes.Slice(HeaderBytes, NonceBytes), sealedBytes.Slice(HeaderBytes + NonceBytes, opened.Length), sealedBytes[^TagBytes..],
                opened, AssociatedData(sealedBytes[..HeaderBytes], subscriptionId));
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw new SecretUnreadableException(
                $"A secret of {subscriptionId} does not open: it was sealed with another key or for another subscription, or is damaged.", exception);
        }

        return opened;
    }

    private static byte[] AssociatedData(ReadOnlySpan<byte> header, string subscriptionId) =>
        [.. header, .. Encoding.UTF8.GetBytes(subscriptionId)];
}

/// <summary>A sealed secret does not open. Never carries key or secret.</summary>
internal sealed class SecretUnreadableException(string message, Exception? inner = null) : Exception(message, inner);
