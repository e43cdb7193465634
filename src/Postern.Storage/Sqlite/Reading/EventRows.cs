using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Storage.Sqlite.Reading;

internal static class EventRows
{
    private const string Columns =
        "sequence, id, staged, producer_id, source, type, subject, time, content_type, data_schema, extensions, audience, target, data";

    public static Event? Read(Connection connection, long sequence)
    {
        using var rows = connection.Prepare($"SELECT {Columns} FROM events WHERE sequence = ?").Bind(sequence);
        return rows.Step() ? Read(rows) : null;
    }

    public static bool IsKept(Connection connection, long sequence)
    {
        using var rows = connection.Prepare("SELECT 1 FROM events WHERE sequence = ?").Bind(sequence);
        return rows.Step();
    }

    public static IReadOnlyList<Event> ReadAfter(Connection connection, long after, long last, int limit) =>
        ReadAll(connection
            .Prepare($"SELECT {Columns} FROM events WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?")
            .Bind(after).Bind(last).Bind(limit));

    public static IReadOnlyList<Event> List(Connection connection, EventQuery query, long last)
    {
        var conditions = new Conditions()
            .Add("type = ?", query.Type)
            .Add("source = ?", query.Source)
            .Add("subject = ?", query.Subject)
            .Add("sequence <= ?", Math.Min(last, query.Before - 1 ?? long.MaxValue));
        return ReadAll(conditions
            .Prepare(connection, $"SELECT {Columns} FROM events {{0}} ORDER BY sequence DESC LIMIT ?")
            .Bind(query.Limit));
    }

    private static List<Event> ReadAll(Statement statement)
    {
        using (statement)
        {
            var events = new List<Event>();
            while (statement.Step())
            {
                events.Add(Read(statement));
            }

            return events;
        }
    }

    private static Event Read(Statement rows) => new()
    {
        Sequence = rows.Number(0),
        Id = rows.Text(1),
        Staged = DateTimeOffset.FromUnixTimeMilliseconds(rows.Number(2)),
        Content = new EventContent
        {
            ProducerId = rows.OptionalText(3),
            Source = rows.Text(4),
            Type = rows.Text(5),
            Subject = rows.OptionalText(6),
            Time = new DateTimeOffset(rows.Number(7), TimeSpan.Zero),
            DataContentType = rows.OptionalText(8),
            DataSchema = rows.OptionalText(9),
            Extensions = StoredJson.ReadMap(rows.OptionalText(10)),
            Audience = StoredJson.ReadList(rows.OptionalText(11)),
            Target = rows.OptionalNumber(12),
            Data = rows.Bytes(13),
        },
    };
}
