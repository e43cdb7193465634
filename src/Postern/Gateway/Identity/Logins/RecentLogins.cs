using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Postern.Gateway.Identity.Logins;

/// <summary>
/// What logins were found to be lately, so that each is hashed once and not with every call. Bounded, and forgotten some minutes
/// after its last use. It belongs to one configuration and ends with it.
/// </summary>
/// <remarks>
/// Found by a digest that begins with a key of its own, which is nowhere else: what is kept is of no use to check a guess with, neither
/// here nor elsewhere. (An HMAC, which guards against more than is asked here, takes two to three times as long.) Two generations: the
/// older one goes as a whole.
/// </remarks>
internal sealed class RecentLogins<T>(TimeProvider time)
    where T : class
{
    private const int Most = 1024;
    private static readonly TimeSpan Generation = TimeSpan.FromMinutes(5);

    private readonly byte[] key = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
    private readonly Lock gate = new();
    private Dictionary<UInt128, T> young = [];
    private Dictionary<UInt128, T> old = [];
    private long bornAt = time.GetTimestamp();

    public T? Find(ReadOnlySpan<byte> login)
    {
        var name = NameOf(login);
        lock (gate)
        {
            Age();
            if (young.TryGetValue(name, out var found))
            {
                return found;
            }

            if (old.TryGetValue(name, out found))
            {
                young[name] = found;
            }

            return found;
        }
    }

    public void Keep(ReadOnlySpan<byte> login, T value)
    {
        var name = NameOf(login);
        lock (gate)
        {
            Age();
            young[name] = value;
        }
    }

    private void Age()
    {
        var elapsed = time.GetElapsedTime(bornAt);
        if (elapsed < Generation && young.Count < Most)
        {
            return;
        }

        // After a silence of two generations the younger one is too old as well.
        (old, young) = (elapsed < 2 * Generation ? young : [], []);
        bornAt = time.GetTimestamp();
    }

    private UInt128 NameOf(ReadOnlySpan<byte> login)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. key, .. login], digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }
}
