namespace Postern.Monitoring;

/// <summary>How large and how old the store was when retention looked last, for the gauges.</summary>
public sealed class StoreSizeBoard
{
    private long bytes;
    private long oldestSeconds;

    public long Bytes => Volatile.Read(ref bytes);

    public long OldestSeconds => Volatile.Read(ref oldestSeconds);

    public void Show(long used, TimeSpan oldest)
    {
        Volatile.Write(ref bytes, used);
        Volatile.Write(ref oldestSeconds, Math.Max(0, (long)oldest.TotalSeconds));
    }
}
