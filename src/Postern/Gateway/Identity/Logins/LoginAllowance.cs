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

    public void GiveBack(int hash)
    {
        lock (gate)
        {
            fullAt[(uint)hash % Buckets] -= refill.Ticks;
        }
    }
}
