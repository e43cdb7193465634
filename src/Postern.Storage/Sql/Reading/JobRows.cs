using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

internal static class JobRows
{
    private const string Columns =
        """
        number, id, kind, subscription, subscription_id, endpoint, from_time, to_time, events, rate, consumer, state, reason,
          at_subscription, at_position, last, looked, total, done, created, ended
        """;

    public static Job? Find(Connection connection, string id)
    {
        using var rows = connection.Prepare($"SELECT {Columns} FROM jobs WHERE id = ?").Bind(id);
        return rows.Step() ? Read(rows) : null;
    }

    public static Job? Read(Connection connection, long number)
    {
        using var rows = connection.Prepare($"SELECT {Columns} FROM jobs WHERE number = ?").Bind(number);
        return rows.Step() ? Read(rows) : null;
    }

    public static IReadOnlyList<Job> List(Connection connection, JobQuery query)
    {
        var conditions = new Conditions();
        if (query.State is JobState.Running or JobState.Paused)
        {
            conditions.Add("state <= 1");
        }

        using var rows = conditions
            .Add("state = ?", (long?)query.State)
            .Add("subscription = ?", query.Subscription)
            .Add("number < ?", query.Before)
            .Prepare(connection, $"SELECT {Columns} FROM jobs {{0}} ORDER BY number DESC LIMIT ?")
            .Bind(query.Limit);
        var jobs = new List<Job>();
        while (rows.Step())
        {
            jobs.Add(Read(rows));
        }

        return jobs;
    }

    private static Job Read(Statement rows) => new()
    {
        Number = rows.Number(0),
        Id = rows.Text(1),
        Request = new JobRequest
        {
            Kind = (JobKind)rows.Number(2),
            Subscription = rows.OptionalNumber(3) is { } number ? new JobSubscription(number, rows.Text(4)) : null,
            Endpoint = rows.OptionalText(5),
            From = rows.OptionalTicks(6),
            To = rows.OptionalTicks(7),
            Events = StoredJson.ReadNumbers(rows.OptionalText(8)),
            Rate = (int)rows.Number(9),
            Consumer = rows.OptionalText(10),
        },
        State = (JobState)rows.Number(11),
        Reason = rows.OptionalText(12),
        Cursor = new JobCursor(rows.Number(13), rows.Number(14)),
        Last = rows.Number(15),
        Looked = rows.Number(16),
        Total = rows.OptionalNumber(17),
        Done = rows.Number(18),
        Created = rows.Time(19),
        Ended = rows.OptionalTime(20),
    };
}
