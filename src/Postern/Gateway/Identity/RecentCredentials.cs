namespace Postern.Gateway.Identity;

/// <summary>
/// What credentials were found to be lately, so that each is looked at once and not with every call. Bounded, and forgotten some minutes
/// after its last use. It belongs to one configuration and ends with it.
/// </summary>
/// <remarks>Two generations: the older one goes as a whole.</remarks>
/// <param name="most">Of one generation.</param>
internal sealed class RecentCredentials<T>(int most, TimeProvider time)
    where T : class
{
    private static readonly TimeSpan Generation = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private Dictionary<UInt128, T> young = [];
    private Dictionary<UInt128, T> old = [];
    private long bornAt = time.GetTimestamp();

    /// <param name="name">Of a <see cref="SecretName"/>.</param>
    public T? Find(UInt128 name)
    {
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

    public void Keep(UInt128 name, T value)
    {
        lock (gate)
        {
            Age();
            young[name] = value;
        }
    }

    private void Age()
    {
        var elapsed = time.GetElapsedTime(bornAt);
        if (elapsed < Generation && young.Count < most)
        {
            return;
        }

        // After a silence of two generations the younger one is too old as well.
        (old, young) = (elapsed < 2 * Generation ? young : [], []);
        bornAt = time.GetTimestamp();
    }
}
