using Postern.Model;

namespace Postern.Storage;

/// <summary>
/// Events that were read from disk not long ago, bounded by bytes: what a backlog holds is owed to many, and in the order of the log.
/// </summary>
internal sealed class ReadEvents(long capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, Event> events = [];
    private readonly Queue<Event> oldest = new();
    private long bytes;
    private long removals;

    /// <summary>Asked before a read, told with what it found: what was removed meanwhile must not come back.</summary>
    public long Removals => Volatile.Read(ref removals);

    public Event? Find(long sequence)
    {
        lock (gate)
        {
            return events.GetValueOrDefault(sequence);
        }
    }

    /// <summary>Whoever asks for the one behind it walks along the log: the next ones are worth reading as well.</summary>
    public bool IsWalk(long sequence)
    {
        lock (gate)
        {
            return events.ContainsKey(sequence - 1);
        }
    }

    /// <summary>They are in the store no more.</summary>
    public void Forget(IReadOnlyList<long> sequences)
    {
        lock (gate)
        {
            removals++;
            foreach (var sequence in sequences)
            {
                // Its place in the line is given back when its turn comes.
                events.Remove(sequence);
            }
        }
    }

    public void Add(IReadOnlyList<Event> read, long since)
    {
        lock (gate)
        {
            if (since != removals)
            {
                return;
            }

            foreach (var one in read)
            {
                // A damaged one is read again each time, and told of each time.
                if (!one.IsDamaged && events.TryAdd(one.Sequence, one))
                {
                    oldest.Enqueue(one);
                    bytes += RecentEvents.Size(one);
                }
            }

            while (bytes > capacity && oldest.TryDequeue(out var gone))
            {
                events.Remove(gone.Sequence);
                bytes -= RecentEvents.Size(gone);
            }
        }
    }
}
