using System.Collections.Concurrent;

namespace Postern.Gateway.Identity.Jwt;

/// <summary>Tokens that were verified under one configuration, so that a token is verified once and not with every call.</summary>
/// <remarks>
/// Known by the <see cref="SecretName"/> of the whole token, signature included: what is found is what was verified, to the last bit. Two
/// halves bound it: when the young one is full it becomes the old one, and what was not used since goes with the one before.
/// </remarks>
internal sealed class VerifiedTokens<T>(int capacity)
{
    private volatile ConcurrentDictionary<UInt128, T> young = new();
    private volatile ConcurrentDictionary<UInt128, T> old = new();
    private int count;

    public bool TryFind(UInt128 name, out T found)
    {
        if (young.TryGetValue(name, out found!))
        {
            return true;
        }

        if (!old.TryGetValue(name, out found!))
        {
            return false;
        }

        Add(name, found);
        return true;
    }

    public void Add(UInt128 name, T value)
    {
        if (!young.TryAdd(name, value))
        {
            young[name] = value;
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
