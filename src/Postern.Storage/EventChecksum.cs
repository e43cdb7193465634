using System.Numerics;
using System.Runtime.InteropServices;
using Postern.Model;

namespace Postern.Storage;

/// <summary>
/// CRC-32C over everything of an event that is delivered or decides who gets it. SQLite's pages have no checksum: without it a
/// bit that flips on the disk would be signed and sent.
/// </summary>
/// <remarks>By the processor's own instruction: 0.1 µs for a KiB.</remarks>
internal struct EventChecksum
{
    private uint crc;

    /// <param name="extensions">The column's text.</param>
    /// <param name="audience">The column's text.</param>
    public static long Of(Event stored, string? extensions, string? audience)
    {
        var content = stored.Content;
        var checksum = new EventChecksum { crc = uint.MaxValue };
        checksum.Add(stored.Sequence);
        checksum.Add(stored.Id);
        checksum.Add(stored.Staged.ToUnixTimeMilliseconds());
        checksum.Add(content.ProducerId);
        checksum.Add(content.Source);
        checksum.Add(content.Type);
        checksum.Add(content.Subject);
        checksum.Add(content.Time.UtcTicks);
        checksum.Add(content.DataContentType);
        checksum.Add(content.DataSchema);
        checksum.Add(extensions);
        checksum.Add(audience);
        checksum.Add(content.Target ?? -1);
        checksum.Add(content.Data.Span);
        return ~checksum.crc;
    }

    private void Add(long value) => crc = BitOperations.Crc32C(crc, (ulong)value);

    /// <summary>With its length before it: what moves from one column to the next is another event.</summary>
    private void Add(string? text)
    {
        Add(text is null ? -1L : text.Length);
        AddBytes(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        Add((long)bytes.Length);
        AddBytes(bytes);
    }

    private void AddBytes(ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var rest in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }
    }
}
