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
                SELECT id, event, subscription, attempts FROM callbacks
                WHERE id > ? AND due = 0 AND state = 0 ORDER BY id LIMIT ?
                """)
            .Bind(after).Bind(limit));

    /// <summary>Rows of <c>id, event, subscription, attempts</c>.</summary>
    public static List<DueCallback> ReadDue(Statement statement)
    {
        using (statement)
        {
            var callbacks = new List<DueCallback>();
            while (statement.Step())
            {
                callbacks.Add(new DueCallback(statement.Number(0), statement.Number(1), statement.Number(2), (int)statement.Number(3)));
            }

            return callbacks;
        }
    }

    public static IReadOnlyList<Callback> List(Connection connection, CallbackQuery query)
    {
        // Parked and dead ones are found by their index, however many are pending; the others by id.
        var kept = query.State is CallbackState.Parked or CallbackState.Dead;
        var conditions = new Conditions();
        if (kept)
        {
            conditions.Add("c.state > 0");
        }

        using var rows = conditions
            .Add("c.state = ?", (long?)query.State)
            .Add("c.subscription = ?", query.Subscription)
            .Add("c.id > ?", query.After)
            .Prepare(
                connection,
                $$"""
                SELECT c.id, e.id, e.type, s.id, s.consumer, s.callback, c.state, c.due, c.attempts
                FROM callbacks c {{(kept ? "INDEXED BY callbacks_kept" : "NOT INDEXED")}}
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

    /// <summary>No index leads from a subscription to its pending callbacks: so many rows are looked at, from the oldest.</summary>
    private const int Looked = 50_000;

    public static Owed CountOwed(Connection connection, long subscription)
    {
        using var rows = connection.Prepare(
            """
            SELECT count(*), coalesce(sum(subscription = ?1 AND state < 2), 0), min(CASE WHEN subscription = ?1 AND state = 0 THEN due END)
            FROM (SELECT subscription, state, due FROM callbacks ORDER BY id LIMIT ?2)
            """)
            .Bind(subscription).Bind(Looked);
        rows.Step();
        DateTimeOffset? next = rows.OptionalNumber(2) is { } due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null;
        return new Owed((int)rows.Number(1), More: rows.Number(0) == Looked, next);
    }
}
