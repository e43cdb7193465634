using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Storage.Sqlite.Reading;

/// <summary>What became of what was owed: dead callbacks, and events by their fate.</summary>
internal static class FateRows
{
    public static IReadOnlyList<DueCallback> ReadDead(Connection connection, DeadQuery query) => CallbackRows.ReadDue(
        query.Subscription is { } subscription
            ? connection.Prepare(
                """
                SELECT id, event, subscription, attempts FROM callbacks
                WHERE subscription = ? AND state > 0 AND state = 2 AND id > ? AND id <= ? ORDER BY id LIMIT ?
                """).Bind(subscription).Bind(query.After).Bind(query.To).Bind(query.Limit)
            : connection.Prepare(
                """
                SELECT id, event, subscription, attempts FROM callbacks NOT INDEXED
                WHERE id > ? AND id <= ? AND state = 2 ORDER BY id LIMIT ?
                """).Bind(query.After).Bind(query.To).Bind(query.Limit));

    /// <summary>One statement, so that a callback which is settled meanwhile is seen in one of its places and never in none.</summary>
    public static IReadOnlyList<EventFate> Read(Connection connection, FateQuery query)
    {
        using var rows = connection.Prepare(query.Delivered ? OwedDeadOrDelivered : OwedOrDead)
            .Bind(query.Subscription).Bind(query.After).Bind(query.To).Bind(query.Limit);
        var fates = new List<EventFate>();
        while (rows.Step())
        {
            var fate = (Fate)rows.Number(1);
            fates.Add(new EventFate(rows.Number(0), fate, fate == Fate.Dead ? rows.Number(2) : 0));
        }

        return fates;
    }

    // Nothing leads from an event to its callbacks, and an index that did would be paid for by each delivery: what the
    // subscription is owed is gone through once for a whole range of events.
    private const string Owed =
        """
        SELECT event, state / 2 AS fate, id * (state / 2) AS dead FROM callbacks NOT INDEXED
        WHERE subscription = ?1 AND event > ?2 AND event <= ?3
        """;

    private const string Delivered =
        """
        SELECT event, 2, 0 FROM attempts INDEXED BY attempts_by_subscription
        WHERE subscription = ?1 AND event > ?2 AND event <= ?3 AND outcome = 0
        """;

    private const string OwedOrDead = $"SELECT event, min(fate), max(dead) FROM ({Owed}) GROUP BY event ORDER BY event LIMIT ?4";

    private const string OwedDeadOrDelivered =
        $"SELECT event, min(fate), max(dead) FROM ({Owed} UNION ALL {Delivered}) GROUP BY event ORDER BY event LIMIT ?4";
}
