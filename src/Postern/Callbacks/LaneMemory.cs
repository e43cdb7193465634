namespace Postern.Callbacks;

/// <summary>
/// Callbacks that wait in memory, over all lanes. A queue may hold as many as there are places left, so that a single one has
/// room for a burst and a thousand leave room for the next; what has none waits on disk.
/// </summary>
internal sealed class LaneMemory
{
    /// <summary>With their places in sets and queues about 100 bytes each: 26 MB.</summary>
    public const int Budget = 262_144;

    /// <summary>What one queue holds at most: two seconds of the fastest endpoint.</summary>
    public const int Cap = 65_536;

    /// <summary>What each queue may hold even when memory is full: it goes on, read by read.</summary>
    public const int Floor = 16;

    private int used;

    public int Used => Volatile.Read(ref used);

    public int Share => ShareOf(Used);

    public void Add(int count) => Interlocked.Add(ref used, count);

    public static int ShareOf(int used) => Math.Clamp(Budget - used, Floor, Cap);
}
