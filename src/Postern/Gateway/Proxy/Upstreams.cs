using System.Collections.Concurrent;

namespace Postern.Gateway.Proxy;

/// <summary>
/// The upstream addresses of all APIs. What is known of an address outlives the configuration that named it: a reload
/// forgets no failure and cuts no connection.
/// </summary>
internal sealed class Upstreams(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Upstream> known = new(StringComparer.Ordinal);

    public UpstreamPool PoolFor(IReadOnlyList<string> addresses) =>
        new([.. addresses.Select(address => known.GetOrAdd(address, static (text, clock) => new Upstream(text, clock), clock))]);
}

/// <summary>One address of an API, and how it has behaved.</summary>
internal sealed class Upstream(string address, TimeProvider clock)
{
    // Passive health: an address that cannot be reached is left alone for a while, when there are others.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private long restsUntil;
    private int inFlight;

    /// <summary>Scheme, host, port and base path, without a trailing slash.</summary>
    public string Address { get; } = address.TrimEnd('/');

    public int InFlight => Volatile.Read(ref inFlight);

    public bool IsResting => Volatile.Read(ref restsUntil) > clock.GetUtcNow().UtcTicks;

    public void Begin() => Interlocked.Increment(ref inFlight);

    public void End() => Interlocked.Decrement(ref inFlight);

    public void Unreachable() => Volatile.Write(ref restsUntil, (clock.GetUtcNow() + Rest).UtcTicks);

    public void Reached() => Volatile.Write(ref restsUntil, 0);
}

/// <summary>The addresses of one API.</summary>
internal sealed class UpstreamPool(Upstream[] upstreams)
{
    private int turn;

    /// <summary>
    /// The addresses in the order to try them: the least busy of those that are not resting first (by turns among equals),
    /// resting ones last, so that a call is tried even when all rest.
    /// </summary>
    public IEnumerable<Upstream> InOrder()
    {
        if (upstreams.Length == 1)
        {
            return upstreams;
        }

        var first = (int)((uint)Interlocked.Increment(ref turn) % (uint)upstreams.Length);
        return Enumerable.Range(0, upstreams.Length)
            .Select(index => upstreams[(first + index) % upstreams.Length])
            .OrderBy(static upstream => upstream.IsResting)
            .ThenBy(static upstream => upstream.InFlight);
    }
}
