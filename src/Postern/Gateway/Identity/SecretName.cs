using System.Runtime.InteropServices;
using NSec.Cryptography;

namespace Postern.Gateway.Identity;

/// <summary>What a secret is known by in memory, once it was looked at: BLAKE2b with a key (RFC 7693 §2.9) that is made with the process and is nowhere else.</summary>
/// <remarks>
/// Nobody can find two secrets with one name, nor steer how names are compared, and what is kept is of no use to check a guess with elsewhere.
/// It takes a third of the time of SHA-256, which is most of what it costs to know a credential again.
/// </remarks>
internal static class SecretName
{
    private static readonly MacAlgorithm Algorithm = MacAlgorithm.Blake2b_128;
    private static readonly Key Key = Key.Create(Algorithm);

    public static UInt128 Of(ReadOnlySpan<byte> secret)
    {
        Span<byte> name = stackalloc byte[16];
        Algorithm.Mac(Key, secret, name);
        return MemoryMarshal.Read<UInt128>(name);
    }

    public static UInt128 Of(ReadOnlySpan<char> secret) => Of(MemoryMarshal.AsBytes(secret));
}
