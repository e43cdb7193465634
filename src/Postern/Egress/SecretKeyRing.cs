namespace Postern.Egress;

/// <summary>The keys that are known at one moment: the first one seals, all open.</summary>
internal sealed class SecretKeyRing
{
    private readonly SecretKey[] keys;

    /// <param name="configured">One at least, the one that seals first.</param>
    public SecretKeyRing(IEnumerable<SecretKey> configured)
    {
        // The same key may stand in several places.
        keys = [.. configured.DistinctBy(key => Convert.ToHexString(key.Fingerprint))];
        Configured = keys.Length;
    }

    private SecretKeyRing(SecretKey[] keys, int configured) => (this.keys, Configured) = (keys, configured);

    public SecretKey Sealing => keys[0];

    /// <summary>The configured ones, then those that were configured earlier in this process.</summary>
    public IReadOnlyList<SecretKey> Keys => keys;

    /// <summary>How many of them are configured.</summary>
    public int Configured { get; }

    /// <summary>The keys of a changed configuration. Those that it lacks go on opening, so that taking one out too early loses nothing while this process lives.</summary>
    public SecretKeyRing Replace(SecretKeyRing next)
    {
        var configured = next.keys[..next.Configured];
        var former = keys.Where(key => !configured.Any(other => other.Fingerprint.SequenceEqual(key.Fingerprint)));
        return new SecretKeyRing([.. configured, .. former], next.Configured);
    }

    public SecretKey? Find(ReadOnlySpan<byte> fingerprint)
    {
        foreach (var key in keys)
        {
            if (key.Fingerprint.SequenceEqual(fingerprint))
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>Those that a secret of version 1 may have been sealed with.</summary>
    public IEnumerable<SecretKey> FindByFirst(byte first) => keys.Where(key => key.Fingerprint[0] == first);
}
