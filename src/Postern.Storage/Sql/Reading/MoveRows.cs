using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

/// <summary>Callbacks of a subscription that wait in a queue it has left.</summary>
internal static class MoveRows
{
    // What a step moves: some 6 ms of the writer.
    private const int MostFound = 1_000;

    /// <summary>The next piece of a subscription's first move that has not ended; null when there is none.</summary>
    /// <param name="looks">Rows that are looked at: others of the consumer may wait in the same queue.</param>
    public static MovePiece? Next(Connection connection, long subscription, int looks)
    {
        using var rows = connection.Prepare("SELECT queue, due, id FROM moves WHERE subscription = ? ORDER BY queue LIMIT 1").Bind(subscription);
        return rows.Step() ? Find(connection, new Move(subscription, (int)rows.Number(0), rows.Number(1), rows.Number(2)), looks) : null;
    }

    public static MovePiece Find(Connection connection, Move move, int looks)
    {
        using var rows = connection.Prepare(
            "SELECT due, id, subscription FROM backlog WHERE queue = ? AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?")
            .Bind(move.Queue).Bind(move.Due).Bind(move.Id).Bind(looks);
        var found = new List<(long Due, long Id)>();
        var (to, looked) = (move, 0);
        while (rows.Step())
        {
            looked++;
            to = to with { Due = rows.Number(0), Id = rows.Number(1) };
            if (rows.Number(2) == move.Subscription)
            {
                found.Add((to.Due, to.Id));
                if (found.Count == MostFound)
                {
                    return new MovePiece(move, found, to, Last: false);
                }
            }
        }

        return new MovePiece(move, found, to, Last: looked < looks);
    }

    /// <summary>The queues in which something may wait for a subscription: those it has left first, so that what moves meanwhile is not missed.</summary>
    public static IReadOnlyList<int> Queues(Connection connection, long subscription, int? current)
    {
        var queues = new List<int>();
        using (var rows = connection.Prepare("SELECT queue FROM moves WHERE subscription = ? ORDER BY queue").Bind(subscription))
        {
            while (rows.Step())
            {
                queues.Add((int)rows.Number(0));
            }
        }

        if (current is { } own)
        {
            queues.Remove(own);
            queues.Add(own);
        }

        return queues;
    }
}

/// <summary>A subscription has left a queue; what waits there for it has been moved up to (due, id).</summary>
internal sealed record Move(long Subscription, int Queue, long Due, long Id);

/// <summary>What one step of a move takes along.</summary>
/// <param name="From">Where the step begins.</param>
/// <param name="Found">Keys in the queue that was left.</param>
/// <param name="To">Where the next one begins.</param>
/// <param name="Last">There is no next one.</param>
internal sealed record MovePiece(Move From, IReadOnlyList<(long Due, long Id)> Found, Move To, bool Last);
