using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Postern.Gateway.Identity;

/// <summary>What secrets stand for, found by their SHA-256.</summary>
/// <remarks>
/// A secret that is unknown and one that is known take the same steps, and the table is looked up by what nobody can steer
/// without knowing the secret: neither the time nor what is compared tells anything about it.
/// </remarks>
internal sealed class SecretDigests<T>
    where T : class
{
    private static readonly byte[] Nobody = new byte[SHA256.HashSizeInBytes];

    private readonly Dictionary<long, (byte[] Digest, T Value)> entries = [];

    /// <summary>Keeps the first of equal ones: the configuration refuses a second.</summary>
    public void Add(byte[] digest, T value) => entries.TryAdd(Index(digest), (digest, value));

    public T? Find(ReadOnlySpan<byte> digest)
    {
        var found = entries.TryGetValue(Index(digest), out var entry);
        return CryptographicOperations.FixedTimeEquals(digest, found ? entry.Digest : Nobody) ? entry.Value : null;
    }

    private static long Index(ReadOnlySpan<byte> digest) => BinaryPrimitives.ReadInt64LittleEndian(digest);
}
