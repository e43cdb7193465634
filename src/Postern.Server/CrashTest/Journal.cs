using System.Runtime.InteropServices;

namespace Postern.Server.CrashTest;

/// <summary>An append-only file of entries, outside everything that is crashed.</summary>
internal sealed class Journal : IDisposable
{
    private const int Buffered = 4096;
    private readonly Lock gate = new();
    private readonly FileStream file;
    private readonly Entry[] buffer;
    private int count;

    private Journal(string path, FileOptions options, int capacity)
    {
        file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0, options);
        buffer = new Entry[capacity];
    }

    /// <summary>Every entry is on the disk when <see cref="Add"/> returns (O_SYNC: an error of the disk is an exception).</summary>
    public static Journal Synced(string path) => new(path, FileOptions.WriteThrough, capacity: 1);

    /// <summary>Entries are written many at a time.</summary>
    public static Journal Collected(string path) => new(path, FileOptions.None, Buffered);

    public void Add(in Entry entry)
    {
        lock (gate)
        {
            buffer[count++] = entry;
            if (count == buffer.Length)
            {
                Write();
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (file.CanWrite)
            {
                Write();
                file.Dispose();
            }
        }
    }

    /// <summary>The entries of a file, one after the other, whatever their number.</summary>
    public static IEnumerable<Entry> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var entries = new Entry[Buffered];
        while (Fill(file, entries) is var read and > 0)
        {
            for (var index = 0; index < read; index++)
            {
                yield return entries[index];
            }
        }
    }

    private static int Fill(FileStream file, Entry[] entries)
    {
        var bytes = MemoryMarshal.AsBytes(entries.AsSpan());
        return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) / Marshal.SizeOf<Entry>();
    }

    private void Write()
    {
        file.Write(MemoryMarshal.AsBytes(buffer.AsSpan(0, count)));
        count = 0;
    }
}
