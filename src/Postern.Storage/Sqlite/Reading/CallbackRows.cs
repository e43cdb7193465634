using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Storage.Sqlite.Reading;

internal static class CallbackRows
{
    public static IReadOnlyList<DueCallback> ReadHandedOut(Connection connection, long after, int limit) =>
        ReadDue(connection
            .Prepare(
                """
                SELECT id, event, subscription, 0, 0, 0, since, ord FROM fresh WHERE id > ? ORDER BY id LIMIT ?
                """)
            .Bind(after).Bind(limit));

    /// <summary>Rows of <c>id, event, subscription, attempts, queue, due, since, ord</c>.</summary>
    public static List<DueCallback> ReadDue(Statement statement)
    {
        using (statement)
        {
            var callbacks = new List<DueCallback>();
            while (statement.Step())
            {
                callbacks.Add(new DueCallback(statement.Number(0), statement.Number(1), statement.Number(2), (int)statement.Number(3))
                {
                    Queue = (int)statement.Number(4),
                    Due = statement.Number(5),
                    Since = statement.Number(6),
                    Order = statement.Number(7),
                });
            }

            return callbacks;
        }
    }

    public static IReadOnlyList<Callback> List(Connection connection, CallbackQuery query)
    {
        using var rows = new Conditions()
            .Add("c.state = ?", (long?)query.State)
            .Add("c.subscription = ?", query.Subscription)
            .Add("c.id > ?", query.After)
            .Prepare(
                connection,
                """
                SELECT c.id, e.id, e.type, s.id, s.consumer, s.callback, c.state, c.due, c.attempts
                FROM (
                  SELECT id, event, subscription, 0 AS state, 0 AS due, 0 AS attempts FROM fresh UNION ALL
                  SELECT id, event, subscription, 0, due, attempts FROM backlog UNION ALL
                  SELECT id, event, subscription, state, 0, attempts FROM kept) c
                CROSS JOIN events e ON e.sequence = c.event
                CROSS JOIN subscriptions s ON s.number = c.subscription
                {0} ORDER BY c.id LIMIT ?
                """)
            .Bind(query.Limit);
        var callbacks = new List<Callback>();
        while (rows.Step())
        {
            callbacks.Add(Read(rows));
        }

        return callbacks;
    }

    private static Callback Read(Statement rows) => new()
    {
        Id = rows.Number(0),
        EventId = rows.Text(1),
        EventType = rows.Text(2),
        SubscriptionId = rows.Text(3),
        Consumer = rows.Text(4),
        Destination = rows.Text(5),
        State = (CallbackState)rows.Number(6),
        Due = rows.Number(7) is > 0 and var due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null,
        Attempts = (int)rows.Number(8),
    };
}
