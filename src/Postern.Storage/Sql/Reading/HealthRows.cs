using Postern.Model;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

internal static class HealthRows
{
    private const string Columns = "subscription, since, steady, last, counted, moments, announced, status, error";

    public static Failing? Read(Connection connection, long subscription)
    {
        using var rows = connection.Prepare($"SELECT {Columns} FROM health WHERE subscription = ?").Bind(subscription);
        return rows.Step() ? Read(rows).Failing : null;
    }

    /// <summary>Those that are active or paused: the others keep their row to be read, and are tried no more.</summary>
    public static IReadOnlyList<FailingSubscription> List(Connection connection, long after, int limit)
    {
        using var rows = connection.Prepare(
            $"""
            SELECT {Columns} FROM health
            WHERE subscription > ? AND (SELECT state FROM subscriptions WHERE number = subscription) IN (0, 2)
            ORDER BY subscription LIMIT ?
            """)
            .Bind(after).Bind(limit);
        var failing = new List<FailingSubscription>();
        while (rows.Step())
        {
            failing.Add(Read(rows));
        }

        return failing;
    }

    private static FailingSubscription Read(Statement rows) => new(rows.Number(0), new Failing
    {
        Since = rows.Time(1),
        Steady = rows.Time(2),
        Last = rows.Time(3),
        Counted = rows.Time(4),
        Moments = (int)rows.Number(5),
        Announced = rows.Number(6) != 0,
        Status = (int?)rows.OptionalNumber(7),
        Error = rows.Text(8),
    });
}
