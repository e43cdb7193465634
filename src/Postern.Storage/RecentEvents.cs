using Postern.Model;

namespace Postern.Storage;

/// <summary>
/// The newest events in memory, bounded by bytes: the listener and the callbacks of fresh events read no disk. One that was removed
/// leaves an empty place.
/// </summary>
internal sealed class RecentEvents(long capacity)
{
    // What an event costs beside its data and its text: objects, headers, the slot in the ring.
    private const int Overhead = 320;

    private readonly Lock gate = new();
    private Event?[] ring = new Event?[1024];
    private long first;
    private int head;
    private int count;
    private long bytes;

    /// <summary>Adds the next event of the log. After a gap it starts anew: what it holds has no holes.</summary>
    public void Add(Event added)
    {
        lock (gate)
        {
            if (count > 0 && added.Sequence != first + count)
            {
                Clear();
            }

            if (count == ring.Length)
            {
                Grow();
            }

            first = count == 0 ? added.Sequence : first;
            ring[(head + count) % ring.Length] = added;
            count++;
            bytes += Size(added);
            while (bytes > capacity && count > 0)
            {
                DropOldest();
            }
        }
    }

    public Event? Find(long sequence)
    {
        lock (gate)
        {
            return Holds(sequence) ? At(sequence - first) : null;
        }
    }

    /// <summary>Drops events that are not kept any more.</summary>
    public void Forget(IReadOnlyList<long> sequences)
    {
        lock (gate)
        {
            foreach (var sequence in sequences)
            {
                if (Holds(sequence) && At(sequence - first) is { } forgotten)
                {
                    bytes -= Size(forgotten);
                    ring[(head + (sequence - first)) % ring.Length] = null;
                }
            }
        }
    }

    /// <summary>The events after a sequence up to <paramref name="last"/>; null when the first of them is not here: not any more, or another node has staged it.</summary>
    public IReadOnlyList<Event>? ReadAfter(long after, long last, int limit)
    {
        lock (gate)
        {
            if (after + 1 < first || after + 1 >= first + count)
            {
                return null;
            }

            var end = Math.Min(last, first + count - 1);
            var events = new List<Event>((int)Math.Clamp(end - after, 0, limit));
            for (var sequence = after + 1; sequence <= end && events.Count < limit; sequence++)
            {
                if (At(sequence - first) is { } kept)
                {
                    events.Add(kept);
                }
            }

            return events;
        }
    }

    private bool Holds(long sequence) => count > 0 && sequence >= first && sequence < first + count;

    private Event? At(long offset) => ring[(int)((head + offset) % ring.Length)];

    private void DropOldest()
    {
        bytes -= ring[head] is { } oldest ? Size(oldest) : 0;
        ring[head] = null;
        head = (head + 1) % ring.Length;
        first++;
        count--;
    }

    private void Clear()
    {
        Array.Clear(ring);
        (head, count, bytes) = (0, 0, 0);
    }

    private void Grow()
    {
        var grown = new Event?[ring.Length * 2];
        for (var index = 0; index < count; index++)
        {
            grown[index] = At(index);
        }

        (ring, head) = (grown, 0);
    }

    public static long Size(Event sized)
    {
        var content = sized.Content;
        var text = content.Source.Length + content.Type.Length + (content.Subject?.Length ?? 0) + (content.ProducerId?.Length ?? 0);
        if (content.Extensions is { } extensions)
        {
            foreach (var (name, value) in extensions)
            {
                text += name.Length + value.Length + 40;
            }
        }

        return Overhead + content.Data.Length + 2L * text;
    }
}
