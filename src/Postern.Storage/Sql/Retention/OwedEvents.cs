using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Retention;

/// <summary>Which events of a part of the log are owed: one bit each, read in one pass over everything that is owed.</summary>
internal sealed class OwedEvents(long first, long last)
{
    /// <summary>Events of a part: 4 MiB of bits.</summary>
    public const long MostEvents = 1L << 25;

    private readonly ulong[] bits = new ulong[((last - first) >> 6) + 1];

    public long First => first;

    public long Last => last;

    public bool Contains(long sequence) => sequence >= first && sequence <= last && (bits[(sequence - first) >> 6] & (1UL << (int)((sequence - first) & 63))) != 0;

    public void Add(long sequence)
    {
        if (sequence >= first && sequence <= last)
        {
            bits[(sequence - first) >> 6] |= 1UL << (int)((sequence - first) & 63);
        }
    }

    public static OwedEvents Read(Connection connection, long first, long last)
    {
        var owed = new OwedEvents(first, last);

        // One snapshot: a callback that moves from one place to the other meanwhile is seen in one of them.
        return connection.InOneSnapshot(() =>
        {
            owed.Add(connection.Prepare("SELECT event FROM fresh"));
            owed.Add(connection.Prepare("SELECT event FROM backlog"));
            owed.Add(connection.Prepare("SELECT event FROM kept"));
            owed.Add(connection.Prepare("SELECT event FROM ordered"));
            return owed;
        });
    }

    private void Add(Statement statement)
    {
        using (statement)
        {
            while (statement.Step())
            {
                Add(statement.Number(0));
            }
        }
    }
}
