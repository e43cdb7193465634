using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

/// <summary>What waits on disk, by queue. Each answer is a seek into the key and the rows that are asked for.</summary>
internal static class BacklogRows
{
    public static IReadOnlyList<QueueBacklog> ReadQueues(Connection connection, int after, int limit)
    {
        var queues = new List<QueueBacklog>();
        while (queues.Count < limit && ReadNext(connection, after) is { } next)
        {
            queues.Add(next);
            after = next.Queue;
        }

        return queues;
    }

    public static Backlog Read(Connection connection, int queue, DateTimeOffset now, DateTimeOffset latest, int limit)
    {
        var callbacks = ReadBetween(connection, queue, long.MinValue, now.ToUnixTimeMilliseconds(), limit);
        var next = NextAfter(connection, queue, callbacks);
        var early = ReadBetween(connection, queue, latest.ToUnixTimeMilliseconds(), long.MaxValue, limit - callbacks.Count);
        next = next > latest && early.Count > 0 ? NextAfter(connection, queue, early) : next;
        return new Backlog([.. callbacks, .. early], next);
    }

    private static List<DueCallback> ReadBetween(Connection connection, int queue, long after, long until, int limit) =>
        CallbackRows.ReadDue(connection.Prepare(
            """
            SELECT id, event, subscription, attempts, queue, due, since, ord FROM backlog
            WHERE queue = ? AND due > ? AND due <= ? ORDER BY due, id LIMIT ?
            """)
            .Bind(queue).Bind(after).Bind(until).Bind(limit));

    private static DateTimeOffset? NextAfter(Connection connection, int queue, List<DueCallback> callbacks)
    {
        var (due, id) = callbacks.Count == 0 ? (0, 0) : (callbacks[^1].Due, callbacks[^1].Id);
        using var rows = connection.Prepare("SELECT due FROM backlog WHERE queue = ? AND (due, id) > (?, ?) ORDER BY due, id LIMIT 1")
            .Bind(queue).Bind(due).Bind(id);
        return rows.Step() ? rows.Time(0) : null;
    }

    // From queue to queue: the rows between two queues are skipped, not read.
    private static QueueBacklog? ReadNext(Connection connection, int after)
    {
        using var rows = connection.Prepare(
            """
            SELECT b.queue, q.endpoint, q.consumer, b.due
            FROM (SELECT queue, due FROM backlog WHERE queue > ? ORDER BY queue, due, id LIMIT 1) b JOIN queues q ON q.number = b.queue
            """)
            .Bind(after);
        return rows.Step()
            ? new QueueBacklog((int)rows.Number(0), rows.Text(1), rows.Text(2), rows.Time(3))
            : null;
    }
}
