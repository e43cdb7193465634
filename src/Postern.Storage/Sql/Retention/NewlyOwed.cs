namespace Postern.Storage.Sql.Retention;

/// <summary>
/// The old events that became owed (a replay) while a part of the log expires. Used on the writer's thread alone: what is owed in one
/// commit cannot be removed in the next.
/// </summary>
internal sealed class NewlyOwed
{
    private readonly HashSet<long> owed = [];
    private long first = long.MaxValue;
    private long last = long.MinValue;

    /// <summary>Watches a part of the log. What was owed before is for whoever reads the store after this.</summary>
    public void Watch(long from, long to)
    {
        (first, last) = (from, to);
        owed.Clear();
    }

    public void Owe(long sequence)
    {
        if (sequence >= first && sequence <= last)
        {
            owed.Add(sequence);
        }
    }

    /// <summary>False where nobody watches: then nothing may be removed.</summary>
    public bool Allows(long sequence) => sequence >= first && sequence <= last && !owed.Contains(sequence);
}
