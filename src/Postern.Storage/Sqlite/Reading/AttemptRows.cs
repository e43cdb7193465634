using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Storage.Sqlite.Reading;

internal static class AttemptRows
{
    public static IReadOnlyList<AttemptEntry> List(Connection connection, AttemptQuery query)
    {
        using var rows = new Conditions()
            .Add("a.subscription = ?", query.Subscription)
            .Add("a.event = ?", query.Event)
            .Add("a.outcome = ?", (long?)query.Outcome)
            .Add("a.number < ?", query.Before)
            .Prepare(
                connection,
                """
                SELECT a.number, a.at, a.outcome, a.status, a.duration, a.error, a.address, a.response,
                  a.callback, a.ordinal, e.id, e.type, s.id
                FROM attempts a
                LEFT JOIN events e ON e.sequence = a.event
                LEFT JOIN subscriptions s ON s.number = a.subscription
                {0} ORDER BY a.number DESC LIMIT ?
                """)
            .Bind(query.Limit);
        var attempts = new List<AttemptEntry>();
        while (rows.Step())
        {
            attempts.Add(Read(rows));
        }

        return attempts;
    }

    private static AttemptEntry Read(Statement rows) => new(
        new Attempt
        {
            Number = rows.Number(0),
            At = rows.Ticks(1),
            Outcome = (AttemptOutcome)rows.Number(2),
            Status = (int?)rows.OptionalNumber(3),
            Duration = TimeSpan.FromTicks(rows.Number(4)),
            Error = rows.OptionalText(5),
            Address = rows.OptionalText(6),
            Response = rows.Bytes(7),
        },
        rows.Number(8),
        (int)rows.Number(9),
        rows.OptionalText(10),
        rows.OptionalText(11),
        rows.OptionalText(12));
}
