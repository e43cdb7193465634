namespace Postern.Model.Filters;

/// <summary>
/// Gives equal fields of many filters one slot, so that a field is read out of an event once, however many filters ask for it.
/// Counts its users: the names come from strangers, and what nobody uses any more must not stay. Single-threaded.
/// </summary>
internal sealed class FieldPool
{
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly Stack<int> free = new();

    /// <summary>Fields in use.</summary>
    public int Count => entries.Count;

    public FieldPath Rent(FieldPath path)
    {
        if (!entries.TryGetValue(path.Text, out var entry))
        {
            var slot = free.TryPop(out var released) ? released : entries.Count;
            entries[path.Text] = entry = new Entry(path with { Slot = slot });
        }

        entry.Users++;
        return entry.Path;
    }

    public void Release(FieldPath path)
    {
        var entry = entries[path.Text];
        if (--entry.Users == 0)
        {
            entries.Remove(path.Text);
            free.Push(entry.Path.Slot);
        }
    }

    private sealed class Entry(FieldPath path)
    {
        public FieldPath Path => path;

        public int Users { get; set; }
    }
}
