using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Writing;

/// <summary>The one row of counters.</summary>
internal static class CounterRow
{
    public static StoreCounters Read(Connection connection)
    {
        using var rows = connection.Prepare(
            """
            SELECT last_sequence, cursor, last_callback, last_subscription, last_attempt, pending, dead, subscriptions FROM counters
            """);
        if (!rows.Step())
        {
            throw new DamagedRowException("the row of counters is missing");
        }

        return new StoreCounters
        {
            LastSequence = rows.Number(0),
            Cursor = rows.Number(1),
            LastCallback = rows.Number(2),
            LastSubscription = rows.Number(3),
            LastAttempt = rows.Number(4),
            Pending = rows.Number(5),
            Dead = rows.Number(6),
            Subscriptions = rows.Number(7),
        };
    }

    public static void Write(Connection connection, in StoreCounters counters) =>
        connection.Prepare(
            """
            UPDATE counters SET last_sequence = ?, cursor = ?, last_callback = ?, last_subscription = ?, last_attempt = ?,
              pending = ?, dead = ?, subscriptions = ?
            """)
            .Bind(counters.LastSequence)
            .Bind(counters.Cursor)
            .Bind(counters.LastCallback)
            .Bind(counters.LastSubscription)
            .Bind(counters.LastAttempt)
            .Bind(counters.Pending)
            .Bind(counters.Dead)
            .Bind(counters.Subscriptions)
            .Run();
}
