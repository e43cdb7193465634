namespace Postern.Listener;

/// <summary>Entries without order: added at the end, taken out by moving the last one into the gap.</summary>
internal abstract class IndexList
{
    private (IndexEntry Entry, int Place)[] items = [];

    public int Count { get; private set; }

    public IndexEntry this[int index] => items[index].Entry;

    /// <param name="place">Which of the entry's places this is.</param>
    public void Add(IndexEntry entry, int place)
    {
        if (Count == items.Length)
        {
            // Most lists hold one entry for ever: the subscription to one record.
            Array.Resize(ref items, Count == 0 ? 1 : Count * 2);
        }

        entry.Places[place] = new IndexPlace { List = this, Position = Count };
        items[Count++] = (entry, place);
    }

    public void RemoveAt(int position)
    {
        var last = items[--Count];
        items[Count] = default;
        if (position != Count)
        {
            items[position] = last;
            last.Entry.Places[last.Place].Position = position;
        }

        if (Count < items.Length / 4)
        {
            Array.Resize(ref items, items.Length / 2);
        }
    }
}
