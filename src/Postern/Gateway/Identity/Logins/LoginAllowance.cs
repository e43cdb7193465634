namespace Postern.Gateway.Identity.Logins;

/// <summary>How many failed logins there may be for one of many: a token bucket each, in memory that does not grow.</summary>
/// <remarks>
/// Each bucket is the moment at which it is full again (GCRA). Names share a fixed number of buckets by their hash, which is
/// seeded anew in each process: nobody can choose a name that shares another's.
/// </remarks>
internal sealed class LoginAllowance(int burst, TimeSpan refill, TimeProvider time)
{
    private const int Buckets = 8192;

    private readonly Lock gate = new();
    private readonly long[] fullAt = new long[Buckets];

    /// <summary>Takes one; or how long to wait until there is one.</summary>
    public TimeSpan? Take(int hash)
    {
        var now = time.GetUtcNow().Ticks;
        lock (gate)
        {
            ref var bucket = ref fullAt[(uint)hash % Buckets];
            var next = Math.Max(bucket, now) + refill.Ticks;
            var excess = next - now - burst * refill.Ticks;
            if (excess > 0)
            {
                return TimeSpan.FromTicks(excess);
            }

            bucket = next;
            return null;
        }
    }

    /// <summary>
    /// Takes one that may not be there yet: when it is, each later than the one before; null: it is there. Those who would wait too long
    /// take none and wait less than the longest, spread out: together, they would come together again.
    /// </summary>
    public TimeSpan? Book(int hash, TimeSpan longest)
    {
        var now = time.GetUtcNow().Ticks;
        lock (gate)
        {
            ref var bucket = ref fullAt[(uint)hash % Buckets];
            var next = Math.Max(bucket, now) + refill.Ticks;
            var wait = TimeSpan.FromTicks(next - now - burst * refill.Ticks);
            if (wait > longest)
            {
                return longest * (0.5 + Random.Shared.NextDouble() / 2);
            }

            bucket = next;
            return wait > TimeSpan.Zero ? wait : null;
        }
    }

    public void GiveBack(int hash)
    {
        lock (gate)
        {
            fullAt[(uint)hash % Buckets] -= refill.Ticks;
        }
    }
}
