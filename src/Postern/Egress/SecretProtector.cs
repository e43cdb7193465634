using System.Security.Cryptography;
using Postern.Model;

namespace Postern.Egress;

/// <summary>
/// Encrypts what must stay secret in the store: AES-256-GCM with a data key of its own, which is wrapped by a key of the operator's. Both are
/// bound to what the secret is for and whom it belongs to, so that a row copied to another place does not open.
/// </summary>
/// <remarks>Nonces are random: with 96 bits, NIST SP 800-38D §8.3 allows 2³² of them under one key, and so as many secrets under one of the operator's.</remarks>
internal sealed class SecretProtector(SecretKeyRing initial)
{
    public const int KeyBytes = SecretKey.Bytes;

    private volatile SecretKeyRing ring = initial;

    /// <summary>With one key.</summary>
    public SecretProtector(ReadOnlySpan<byte> key)
        : this(new SecretKeyRing([new SecretKey("secrets.key", key)]))
    {
    }

    /// <summary>Other keys are known from now on.</summary>
    public event Action? KeysChanged;

    public SecretKeyRing Ring => ring;

    /// <summary>Takes the keys of a changed configuration: what is sealed from now on is sealed with its first.</summary>
    public void Use(SecretKeyRing next)
    {
        var replaced = ring.Replace(next);
        if (replaced.Configured != ring.Configured || !replaced.Keys.SequenceEqual(ring.Keys, SameKey.Instance))
        {
            ring = replaced;
            KeysChanged?.Invoke();
        }
    }

    public SealedSecret Seal(string subscriptionId, ReadOnlySpan<byte> secret, DateTimeOffset? expires) =>
        new(Seal(SecretPurpose.Signing, subscriptionId, secret), expires);

    /// <exception cref="SecretUnreadableException">Sealed with an unknown key, for another subscription, or damaged.</exception>
    public byte[] Open(string subscriptionId, SealedSecret secret) => Open(SecretPurpose.Signing, subscriptionId, secret.Ciphertext.Span);

    /// <param name="owner">Whom it belongs to: unique for the purpose, and never changed.</param>
    public byte[] Seal(SecretPurpose purpose, string owner, ReadOnlySpan<byte> secret)
    {
        var sealedBytes = new byte[SecretFormat.Overhead + secret.Length];
        Span<byte> dataKey = stackalloc byte[SecretKey.Bytes];
        RandomNumberGenerator.Fill(dataKey);
        using (var cipher = new AesGcm(dataKey, SecretFormat.TagBytes))
        {
            Encrypt(cipher, secret, sealedBytes.AsSpan(SecretFormat.HeaderBytes + SecretFormat.WrappedBytes), SecretFormat.BoundTo(purpose, owner));
        }

        Wrap(ring.Sealing, dataKey, sealedBytes, purpose, owner);
        CryptographicOperations.ZeroMemory(dataKey);
        return sealedBytes;
    }

    /// <exception cref="SecretUnreadableException">Sealed with an unknown key, for another owner or purpose, or damaged.</exception>
    public byte[] Open(SecretPurpose purpose, string owner, ReadOnlySpan<byte> sealedBytes)
    {
        if (IsFirstVersion(sealedBytes))
        {
            return OpenFirst(purpose, owner, sealedBytes);
        }

        var opened = new byte[Math.Max(0, sealedBytes.Length - SecretFormat.Overhead)];
        Span<byte> dataKey = stackalloc byte[SecretKey.Bytes];
        Unwrap(sealedBytes, dataKey, purpose, owner);
        using var cipher = new AesGcm(dataKey, SecretFormat.TagBytes);
        CryptographicOperations.ZeroMemory(dataKey);
        return TryDecrypt(cipher, sealedBytes[(SecretFormat.HeaderBytes + SecretFormat.WrappedBytes)..], opened, SecretFormat.BoundTo(purpose, owner))
            ? opened
            : throw Unopened(owner);
    }

    /// <summary>The same secret under the key that seals now; null when it is so already.</summary>
    /// <exception cref="SecretUnreadableException">It does not open.</exception>
    public byte[]? Reseal(SecretPurpose purpose, string owner, ReadOnlySpan<byte> sealedBytes)
    {
        if (IsFirstVersion(sealedBytes))
        {
            var secret = OpenFirst(purpose, owner, sealedBytes);
            var anew = Seal(purpose, owner, secret);
            CryptographicOperations.ZeroMemory(secret);
            return anew;
        }

        var sealing = ring.Sealing;
        if (sealedBytes.Length >= SecretFormat.Overhead && FingerprintOf(sealedBytes).SequenceEqual(sealing.Fingerprint))
        {
            return null;
        }

        // The data key alone changes hands: the secret itself is not even opened.
        Span<byte> dataKey = stackalloc byte[SecretKey.Bytes];
        Unwrap(sealedBytes, dataKey, purpose, owner);
        var resealed = sealedBytes.ToArray();
        Wrap(sealing, dataKey, resealed, purpose, owner);
        CryptographicOperations.ZeroMemory(dataKey);
        return resealed;
    }

    private static void Wrap(SecretKey key, ReadOnlySpan<byte> dataKey, Span<byte> sealedBytes, SecretPurpose purpose, string owner)
    {
        var header = sealedBytes[..SecretFormat.HeaderBytes];
        header[0] = SecretFormat.Version;
        key.Fingerprint.CopyTo(header[1..]);
        using var cipher = key.Cipher();
        Encrypt(cipher, dataKey, sealedBytes.Slice(SecretFormat.HeaderBytes, SecretFormat.WrappedBytes), SecretFormat.BoundTo(header, purpose, owner));
    }

    private void Unwrap(ReadOnlySpan<byte> sealedBytes, Span<byte> dataKey, SecretPurpose purpose, string owner)
    {
        if (sealedBytes.Length < SecretFormat.Overhead || sealedBytes[0] != SecretFormat.Version)
        {
            throw Damaged(owner);
        }

        var header = sealedBytes[..SecretFormat.HeaderBytes];
        var key = ring.Find(FingerprintOf(sealedBytes)) ?? throw Unknown(owner, FingerprintOf(sealedBytes));
        using var cipher = key.Cipher();
        var wrapped = sealedBytes.Slice(SecretFormat.HeaderBytes, SecretFormat.WrappedBytes);
        if (!TryDecrypt(cipher, wrapped, dataKey, SecretFormat.BoundTo(header, purpose, owner)))
        {
            throw Unopened(owner);
        }
    }

    private byte[] OpenFirst(SecretPurpose purpose, string owner, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < SecretFormat.FirstOverhead)
        {
            throw Damaged(owner);
        }

        var header = sealedBytes[..SecretFormat.FirstHeaderBytes];
        var opened = new byte[sealedBytes.Length - SecretFormat.FirstOverhead];
        var tried = false;
        foreach (var key in ring.FindByFirst(header[1]))
        {
            using var cipher = key.Cipher();
            if (TryDecrypt(cipher, sealedBytes[SecretFormat.FirstHeaderBytes..], opened, SecretFormat.FirstBoundTo(header, purpose, owner)))
            {
                return opened;
            }

            tried = true;
        }

        throw tried ? Unopened(owner) : Unknown(owner, header[1..]);
    }

    private static bool IsFirstVersion(ReadOnlySpan<byte> sealedBytes) => sealedBytes is [SecretFormat.FirstVersion, ..];

    private static ReadOnlySpan<byte> FingerprintOf(ReadOnlySpan<byte> sealedBytes) => sealedBytes.Slice(1, SecretKey.FingerprintBytes);

    private static void Encrypt(AesGcm cipher, ReadOnlySpan<byte> plain, Span<byte> target, byte[] boundTo)
    {
        var nonce = target[..SecretFormat.NonceBytes];
        RandomNumberGenerator.Fill(nonce);
        cipher.Encrypt(nonce, plain, target.Slice(SecretFormat.NonceBytes, plain.Length), target[^SecretFormat.TagBytes..], boundTo);
    }

    private static bool TryDecrypt(AesGcm cipher, ReadOnlySpan<byte> source, Span<byte> plain, byte[] boundTo)
    {
        try
        {
            cipher.Decrypt(
                source[..SecretFormat.NonceBytes], source.Slice(SecretFormat.NonceBytes, plain.Length), source[^SecretFormat.TagBytes..], plain, boundTo);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static SecretUnreadableException Damaged(string owner) =>
        new($"A secret of {owner} is damaged, or was written by a newer version.");

    private static SecretUnreadableException Unopened(string owner) =>
        new($"A secret of {owner} does not open: it was sealed with another key or for another owner, or is damaged.");

    private SecretUnreadableException Unknown(string owner, ReadOnlySpan<byte> fingerprint) => new(
        $"A secret of {owner} was sealed with key {Convert.ToHexStringLower(fingerprint)}, but the known keys are "
        + $"{string.Join(", ", ring.Keys.Select(key => Convert.ToHexStringLower(key.Fingerprint)))}. "
        + "Give secrets.keys, secrets.key, or the file postern.key beside the store, the key that it was sealed with.");

    private sealed class SameKey : IEqualityComparer<SecretKey>
    {
        public static SameKey Instance { get; } = new();

        public bool Equals(SecretKey? one, SecretKey? other) => one!.Id == other!.Id && one.Fingerprint.SequenceEqual(other.Fingerprint);

        public int GetHashCode(SecretKey key) => key.Fingerprint[0];
    }
}

/// <summary>A sealed secret does not open. Never carries key or secret.</summary>
internal sealed class SecretUnreadableException(string message) : Exception(message);
