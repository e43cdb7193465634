using Postern.Ports;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.PostgreSql.Peers;

/// <summary>The table of changes, as one node writes and follows it. Used by the writer's thread alone.</summary>
/// <param name="node">This node, whose own changes it has seen.</param>
internal sealed class ChangeLog(string node, Fatal fatal)
{
    /// <summary>The newest changes that are never removed.</summary>
    private const int Kept = 200_000;

    /// <summary>A node that has missed more begins anew: some of them may go while it reads.</summary>
    private const int MostMissed = 100_000;

    private long last;
    private long told;

    /// <summary>The last change that this node knows of.</summary>
    public long Seen { get; private set; }

    /// <summary>The last change of this node's own that is committed.</summary>
    public long Told { get; private set; }

    /// <summary>What stands now is what the node begins with.</summary>
    public void Begin(Connection connection) => Seen = last = connection.ReadNumber("SELECT coalesce(max(number), 0) FROM changes");

    /// <summary>The effects of other nodes' changes up to <paramref name="newest"/>.</summary>
    /// <exception cref="StoreRefusedException">It has missed so many that some may be gone.</exception>
    public IReadOnlyList<object> Follow(Connection connection, long newest)
    {
        last = newest;
        if (newest == Seen)
        {
            return [];
        }

        if (newest - Seen > MostMissed)
        {
            throw fatal.Of("this node was away for so long that it cannot catch up with what the others have changed");
        }

        // Seen when all of them have been read: a session that fails in the middle loses none.
        List<object> effects = [.. Read(connection, newest).Select(change => change.ToEffect(connection)).OfType<object>()];
        Seen = newest;
        return effects;
    }

    /// <summary>Writes what others are to learn. Within the transaction, after <see cref="Follow"/>: nobody gives a number meanwhile.</summary>
    /// <returns>Whether there was something.</returns>
    public bool Tell(Connection connection, IReadOnlyList<object> effects)
    {
        told = last;
        foreach (var effect in effects)
        {
            if (ToldChange.Of(effect) is { } change)
            {
                var insertion = connection.Prepare($"INSERT INTO changes (number, node, {ToldChange.Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                    .Bind(++told).Bind(node);
                change.Bind(insertion);
                insertion.Post();
            }
        }

        return told > last;
    }

    public void Committed()
    {
        if (told > last)
        {
            (Told, Seen, last) = (told, told, told);
        }
    }

    /// <summary>Removes what every node has had the time to learn.</summary>
    public static void Trim(Connection connection) =>
        connection.Prepare("DELETE FROM changes WHERE number < (SELECT max(number) FROM changes) - ?").Bind(Kept).Run();

    private List<ToldChange> Read(Connection connection, long newest)
    {
        using var rows = connection
            .Prepare($"SELECT {ToldChange.Columns} FROM changes WHERE number > ? AND number <= ? AND node <> ? ORDER BY number")
            .Bind(Seen).Bind(newest).Bind(node);
        var changes = new List<ToldChange>();
        while (rows.Step())
        {
            changes.Add(ToldChange.Read(rows));
        }

        return changes;
    }
}
