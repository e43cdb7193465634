namespace Postern.Server.CrashTest;

/// <summary>Gives out the numbers of events, and knows which of them are under way.</summary>
internal sealed class Numbers(Journal intents, Journal acknowledgements)
{
    private readonly Lock gate = new();
    private readonly SortedSet<uint> open = [];
    private uint next = 1;
    private long acknowledged;

    public long Acknowledged => Interlocked.Read(ref acknowledged);

    /// <summary>Events that were ever sent.</summary>
    public long Intended
    {
        get
        {
            lock (gate)
            {
                return next - 1;
            }
        }
    }

    /// <summary>What is not acknowledged yet has this number or a higher one.</summary>
    public uint Lowest
    {
        get
        {
            lock (gate)
            {
                return open.Count == 0 ? next : open.Min;
            }
        }
    }

    /// <summary>What is intended from now on has this number or a higher one.</summary>
    public uint Next
    {
        get
        {
            lock (gate)
            {
                return next;
            }
        }
    }

    /// <summary>So many numbers in a row, written down before they are used.</summary>
    public uint Take(int count, bool captured = false)
    {
        uint first;
        lock (gate)
        {
            first = next;
            next += (uint)count;
            open.Add(first);
            intents.Add(new Entry { Kind = EntryKind.Intent, Number = first, Value = count, Marks = captured ? Marks.Captured : Marks.None });
        }

        return first;
    }

    /// <summary>A 2xx came for them.</summary>
    public void Acknowledge(uint first, int count)
    {
        acknowledgements.Add(new Entry { Kind = EntryKind.Acknowledged, Number = first, Value = count });
        Interlocked.Add(ref acknowledged, count);
        Forget(first);
    }

    /// <summary>They are not tried again: nobody knows, and nobody was told, whether they are stored.</summary>
    public void Forget(uint first)
    {
        lock (gate)
        {
            open.Remove(first);
        }
    }
}
