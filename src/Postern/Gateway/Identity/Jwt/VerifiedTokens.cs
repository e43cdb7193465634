using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Gateway.Identity.Jwt;

/// <summary>Tokens that were verified under one configuration, so that a token is verified once and not with every call.</summary>
/// <remarks>
/// Known by the SHA-256 of the whole token, signature included: what is found is what was verified, to the last bit. Two halves bound it: when
/// the young one is full it becomes the old one, and what was not used since goes with the one before.
/// </remarks>
internal sealed class VerifiedTokens<T>(int capacity)
{
    private volatile ConcurrentDictionary<(UInt128, UInt128), T> young = new();
    private volatile ConcurrentDictionary<(UInt128, UInt128), T> old = new();
    private int count;

    public static (UInt128, UInt128) Key(string token)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), digest);
        return (MemoryMarshal.Read<UInt128>(digest), MemoryMarshal.Read<UInt128>(digest[16..]));
    }

    public bool TryFind((UInt128, UInt128) key, out T found)
    {
        if (young.TryGetValue(key, out found!))
        {
            return true;
        }

        if (!old.TryGetValue(key, out found!))
        {
            return false;
        }

        Add(key, found);
        return true;
    }

    public void Add((UInt128, UInt128) key, T value)
    {
        if (!young.TryAdd(key, value))
        {
            young[key] = value;
            return;
        }

        if (Interlocked.Increment(ref count) == Math.Max(1, capacity / 2))
        {
            old = young;
            young = new();
            Volatile.Write(ref count, 0);
        }
    }
}
