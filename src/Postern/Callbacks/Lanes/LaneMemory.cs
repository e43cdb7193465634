namespace Postern.Callbacks.Lanes;

/// <summary>
/// Callbacks that wait in memory, over all lanes. A queue may hold as many as there are places left, so that a single one has
/// room for a burst and a thousand leave room for the next; what has none waits on disk.
/// </summary>
internal sealed class LaneMemory
{
    /// <summary>56 bytes each in arrays that may be twice as long: 56 MiB at most, whatever is owed.</summary>
    public const int Budget = 524_288;

    /// <summary>What one queue holds at most. A healthy one in a burst must not go by way of the disk: that costs it half as much again.</summary>
    public const int Cap = 262_144;

    /// <summary>What each queue may hold even when memory is full: it goes on, read by read.</summary>
    public const int Floor = 16;

    private int used;

    public int Used => Volatile.Read(ref used);

    public int Share => ShareOf(Used);

    public void Add(int count) => Interlocked.Add(ref used, count);

    public static int ShareOf(int used) => Math.Clamp(Budget - used, Floor, Cap);
}
