using Postern.Model;

namespace Postern.Storage;

/// <summary>
/// The newest events in memory, bounded by bytes: the listener and the callbacks of fresh events read no disk.
/// </summary>
internal sealed class RecentEvents(long capacity)
{
    // What an event costs beside its data and its text: objects, headers, the slot in the ring.
    private const int Overhead = 320;

    private readonly Lock gate = new();
    private Event?[] ring = new Event?[1024];
    private int head;
    private int count;
    private long bytes;

    /// <summary>Adds the next event of the log. After a gap it starts anew: what it holds has no holes.</summary>
    public void Add(Event added)
    {
        lock (gate)
        {
            if (count > 0 && added.Sequence != First + count)
            {
                Clear();
            }

            if (count == ring.Length)
            {
                Grow();
            }

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
            return count > 0 && sequence >= First && sequence < First + count ? At(sequence - First) : null;
        }
    }

    /// <summary>The events after a sequence up to <paramref name="last"/>; null when the first of them is not here any more.</summary>
    public IReadOnlyList<Event>? ReadAfter(long after, long last, int limit)
    {
        lock (gate)
        {
            if (count == 0 || after + 1 < First)
            {
                return null;
            }

            var end = Math.Min(last, First + count - 1);
            var size = (int)Math.Clamp(end - after, 0, limit);
            var events = new Event[size];
            for (var index = 0; index < size; index++)
            {
                events[index] = At(after + 1 - First + index);
            }

            return events;
        }
    }

    private long First => ring[head]!.Sequence;

    private Event At(long offset) => ring[(int)((head + offset) % ring.Length)]!;

    private void DropOldest()
    {
        bytes -= Size(ring[head]!);
        ring[head] = null;
        head = (head + 1) % ring.Length;
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

    private static long Size(Event sized)
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
