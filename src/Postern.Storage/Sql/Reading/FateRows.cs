using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

/// <summary>What became of what was owed: dead callbacks, and events by their fate.</summary>
internal static class FateRows
{
    // Nothing leads from an event to its callbacks, and an index that did would be paid for by each delivery: what the
    // subscription is owed is gone through once for a whole range of events. One that was moved to another endpoint may
    // still be owed something in the queue it had.
    private const string Owed =
        """
        SELECT event, 0 AS fate, 0 AS dead FROM fresh WHERE subscription = ?1 AND event > ?2 AND event <= ?3 UNION ALL
        SELECT event, 0, 0 FROM backlog
          WHERE queue IN (SELECT q.number FROM queues q JOIN subscriptions s ON s.consumer = q.consumer WHERE s.number = ?1)
            AND subscription = ?1 AND event > ?2 AND event <= ?3 UNION ALL
        SELECT event, 0, 0 FROM ordered WHERE subscription = ?1 AND event > ?2 AND event <= ?3 UNION ALL
        SELECT event, state / 2, id * (state / 2) FROM kept WHERE subscription = ?1 AND event > ?2 AND event <= ?3
        """;

    private const string OwedOrDead = $"SELECT event, min(fate), max(dead) FROM ({Owed}) owed GROUP BY event ORDER BY event LIMIT ?4";

    private static string OwedDeadOrDelivered(Dialect dialect) =>
        $"""
        SELECT event, min(fate), max(dead) FROM ({Owed} UNION ALL
        SELECT event, 2, 0 FROM {dialect.AttemptsOfSubscription} AND event > ?2 AND event <= ?3 AND outcome = 0) owed
        GROUP BY event ORDER BY event LIMIT ?4
        """;

    public static IReadOnlyList<DueCallback> ReadDead(Connection connection, DeadQuery query) => CallbackRows.ReadDue(
        new Conditions()
            .Add("state = 2")
            .Add("subscription = ?", query.Subscription)
            .Add("id > ?", query.After)
            .Add("id <= ?", query.To)
            .Prepare(connection, "SELECT id, event, subscription, attempts, 0, 0, since, ord FROM kept {0} ORDER BY id LIMIT ?")
            .Bind(query.Limit));

    /// <summary>One statement, so that a callback which is settled meanwhile is seen in one of its places and never in none.</summary>
    public static IReadOnlyList<EventFate> Read(Connection connection, FateQuery query)
    {
        using var rows = connection.Prepare(query.Delivered ? OwedDeadOrDelivered(connection.Dialect) : OwedOrDead)
            .Bind(query.Subscription).Bind(query.After).Bind(query.To).Bind(query.Limit);
        var fates = new List<EventFate>();
        while (rows.Step())
        {
            var fate = (Fate)rows.Number(1);
            fates.Add(new EventFate(rows.Number(0), fate, fate == Fate.Dead ? rows.Number(2) : 0));
        }

        return fates;
    }
}
