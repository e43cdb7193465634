namespace Postern.Storage.Sql.Retention;

/// <summary>Collects rows until they would change as many pages as a step may.</summary>
internal sealed class PieceBuilder
{
    private readonly List<long> keys = [];
    private int apart;
    private long bytes;
    private long position;

    public int Count => keys.Count;

    public bool IsFull => Pages >= StepCost.MostPages;

    private int Pages => apart + StepCost.PagesOf(bytes);

    /// <param name="pages">Pages of indexes that this row changes alone.</param>
    /// <param name="size">Its bytes, roughly.</param>
    public void Add(long key, int pages, long size)
    {
        keys.Add(key);
        position = key;
        apart += pages;
        bytes += size;
    }

    /// <summary>Looked at, and not to be removed.</summary>
    public void Pass(long key) => position = key;

    public Piece Build(bool more) => new(keys, Pages, position, more);
}
