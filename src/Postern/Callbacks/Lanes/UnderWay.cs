using System.Collections.Concurrent;
using Postern.Model;

namespace Postern.Callbacks.Lanes;

/// <summary>
/// The callbacks from backlogs that are under way. One that has changed its queue meanwhile could be read by a second lane: while it is
/// under way in the first, and after it was settled there, the second leaves it alone.
/// </summary>
internal sealed class UnderWay(TimeProvider time)
{
    // By its key in the backlog: owed again later, it has another due time.
    private readonly ConcurrentDictionary<(long Id, long Due), long> known = new();

    /// <summary>False: another lane has it, or has settled it under this key.</summary>
    public bool TryBegin(in DueCallback callback) => callback.Queue == 0 || known.TryAdd((callback.Id, callback.Due), 0);

    /// <param name="moved">Its subscription has another queue now, where a copy may be in memory still.</param>
    public void End(in DueCallback callback, bool moved)
    {
        if (callback.Queue == 0)
        {
            return;
        }

        if (moved)
        {
            known[(callback.Id, callback.Due)] = time.GetTimestamp();
        }
        else
        {
            known.TryRemove((callback.Id, callback.Due), out _);
        }
    }

    /// <summary>Forgets what was settled so long ago that no copy is left.</summary>
    public void Sweep(TimeSpan age)
    {
        foreach (var (key, at) in known)
        {
            if (at != 0 && time.GetElapsedTime(at) > age)
            {
                known.TryRemove(KeyValuePair.Create(key, at));
            }
        }
    }
}
