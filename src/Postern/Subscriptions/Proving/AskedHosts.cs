namespace Postern.Subscriptions.Proving;

/// <summary>How often each host is asked: nobody can have us trouble one with subscriptions to it, however many they are.</summary>
internal sealed class AskedHosts(TimeProvider time)
{
    /// <summary>Questions that may come at once.</summary>
    public const int Burst = 5;

    /// <summary>And then one in this time.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const int SweepAbove = 4_096;

    // By when a host's questions are worked off at this rate. What has passed is forgotten.
    private readonly Dictionary<string, DateTimeOffset> busyUntil = new(StringComparer.OrdinalIgnoreCase);

    public bool TryTake(Uri callback)
    {
        var now = time.GetUtcNow();
        if (busyUntil.Count > SweepAbove)
        {
            foreach (var host in busyUntil.Where(host => host.Value <= now).Select(static host => host.Key).ToList())
            {
                busyUntil.Remove(host);
            }
        }

        var name = callback.IdnHost.TrimEnd('.');
        var busy = busyUntil.GetValueOrDefault(name, now) is var until && until > now ? until : now;

        // A clock that was set back must not silence a host.
        busy = busy - now > Interval * Burst ? now + Interval * Burst : busy;
        var mayAsk = busy - now <= Interval * (Burst - 1);
        busyUntil[name] = mayAsk ? busy + Interval : busy;
        return mayAsk;
    }
}
