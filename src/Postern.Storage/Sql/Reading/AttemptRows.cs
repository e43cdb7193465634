using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

internal static class AttemptRows
{
    private const string Columns =
        "SELECT a.number, a.at, a.outcome, a.status, a.duration, a.error, a.address, a.response, a.callback, a.ordinal, e.id, e.type, s.id";

    private const string NewestFirst =
        """
         LEFT JOIN events e ON e.sequence = a.event
        LEFT JOIN subscriptions s ON s.number = a.subscription
        {0} ORDER BY a.number DESC LIMIT ?
        """;

    private const string Of = $"{Columns} FROM attempts a{NewestFirst}";


    /// <summary>Newest first.</summary>
    public static IReadOnlyList<AttemptEntry> List(Connection connection, AttemptQuery query)
    {
        var attempts = new List<AttemptEntry>();
        if (query is not { Subscription: not null, Event: null } || !connection.Dialect.HasAttemptParts)
        {
            Read(Where(query).Prepare(connection, Of), query.Limit, attempts);
            return attempts;
        }

        var ofPart = $"{Columns} FROM attempts a {connection.Dialect.By("attempts_by_part")}{NewestFirst}";
        var (first, last) = AttemptParts.Read(connection);
        for (var part = Math.Min(last, (query.Before - 1) >> AttemptParts.Bits ?? last); part >= first && attempts.Count < query.Limit; part--)
        {
            Read(Where(query).Add("a.number >> 14 = ?", part).Prepare(connection, ofPart), query.Limit - attempts.Count, attempts);
        }

        return attempts;
    }

    private static Conditions Where(AttemptQuery query) => new Conditions()
        .Add("a.subscription = ?", query.Subscription)
        .Add("a.event = ?", query.Event)
        .Add("a.outcome = ?", (long?)query.Outcome)
        .Add("a.number < ?", query.Before);

    private static void Read(Statement query, int limit, List<AttemptEntry> attempts)
    {
        using var rows = query.Bind(limit);
        while (rows.Step())
        {
            attempts.Add(Read(rows));
        }
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
