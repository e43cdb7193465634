using System.Collections.Concurrent;

namespace Postern.Model.Limits;

/// <summary>
/// The states of one kind, by key. There are never more than so many: those that could be forgotten without a gift are, and
/// keys that find no room even so share one state, which costs nobody who was there before.
/// </summary>
internal sealed class LimitStates<TKey>(int most) where TKey : notnull
{
    // Looking through all of them takes a millisecond or two.
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<TKey, LimitState> states = new();
    private readonly LimitState crowd = new();
    private readonly Lock sweeping = new();
    private TimeSpan nextSweep;
    private int count;

    public int Count => Volatile.Read(ref count);

    /// <summary>The state of a key, with one of its places taken; null when all are. Who gets one leaves it.</summary>
    public LimitState? Enter(TKey key, int places, TimeSpan now)
    {
        while (true)
        {
            var state = Find(key, now);
            switch (state.Enter(places))
            {
                case LimitEntry.Entered:
                    return state;
                case LimitEntry.Full:
                    return null;
                default:
                    // Forgotten between the look-up and now.
                    Remove(key, state);
                    break;
            }
        }
    }

    private LimitState Find(TKey key, TimeSpan now)
    {
        if (states.TryGetValue(key, out var known))
        {
            return known;
        }

        if (Count >= most)
        {
            Sweep(now);
            if (Count >= most)
            {
                return crowd;
            }
        }

        var made = new LimitState();
        var state = states.GetOrAdd(key, made);
        if (ReferenceEquals(state, made))
        {
            Interlocked.Increment(ref count);
        }

        return state;
    }

    private void Sweep(TimeSpan now)
    {
        if (!sweeping.TryEnter())
        {
            return;
        }

        try
        {
            if (now < nextSweep)
            {
                return;
            }

            nextSweep = now + SweepEvery;
            foreach (var (key, state) in states)
            {
                if (state.TryClose(now))
                {
                    Remove(key, state);
                }
            }
        }
        finally
        {
            sweeping.Exit();
        }
    }

    private void Remove(TKey key, LimitState state)
    {
        if (states.TryRemove(KeyValuePair.Create(key, state)))
        {
            Interlocked.Decrement(ref count);
        }
    }
}
