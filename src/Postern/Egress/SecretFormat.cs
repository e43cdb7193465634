using System.Text;
using Postern.Model;

namespace Postern.Egress;

/// <summary>How a sealed secret is laid out, and what it is bound to.</summary>
/// <remarks>
/// Version 2: version (1 byte), fingerprint of the key (8), the data key wrapped with it (nonce 12, 32, tag 16), nonce (12), ciphertext, tag
/// (16). Version 1, which still opens: version (1), first byte of the fingerprint (1), nonce (12), ciphertext, tag (16), without a data key.
/// </remarks>
internal static class SecretFormat
{
    public const byte Version = 2;
    public const byte FirstVersion = 1;
    public const int NonceBytes = 12;
    public const int TagBytes = 16;

    /// <summary>Nonce and tag around what is encrypted.</summary>
    public const int Around = NonceBytes + TagBytes;

    public const int HeaderBytes = 1 + SecretKey.FingerprintBytes;
    public const int WrappedBytes = Around + SecretKey.Bytes;
    public const int Overhead = HeaderBytes + WrappedBytes + Around;

    public const int FirstHeaderBytes = 2;
    public const int FirstOverhead = FirstHeaderBytes + Around;

    /// <summary>The names are part of every ciphertext: they never change.</summary>
    private static string NameOf(SecretPurpose purpose) => purpose switch
    {
        SecretPurpose.Signing => "signing",
        SecretPurpose.Answer => "answer",
        SecretPurpose.DeliveryAuth => "delivery.auth",
        SecretPurpose.DeliveryHeaders => "delivery.headers",
        SecretPurpose.DeliveryTls => "delivery.tls",
        _ => throw new ArgumentOutOfRangeException(nameof(purpose), purpose, "A purpose without a name."),
    };

    /// <summary>What the data key is bound to: its header, and with it the key that wraps it, the purpose and the owner.</summary>
    public static byte[] BoundTo(ReadOnlySpan<byte> header, SecretPurpose purpose, string owner) =>
        [.. header, .. Encoding.UTF8.GetBytes($"{NameOf(purpose)}\n{owner}")];

    /// <summary>What the secret is bound to: not to the key, so that a data key can be wrapped anew.</summary>
    public static byte[] BoundTo(SecretPurpose purpose, string owner) => BoundTo([Version], purpose, owner);

    /// <summary>What version 1 bound secrets to: those of subscriptions without naming what they are for.</summary>
    public static byte[] FirstBoundTo(ReadOnlySpan<byte> header, SecretPurpose purpose, string owner) =>
        purpose == SecretPurpose.Signing ? [.. header, .. Encoding.UTF8.GetBytes(owner)] : BoundTo(header, purpose, owner);
}
