using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

internal static class EventRows
{
    private static readonly long FirstMillisecond = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long LastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private const string Columns =
        """
        sequence, id, staged, producer_id, source, type, subject, time, content_type, data_schema, extensions, audience, target, data,
        CASE WHEN crc IS NULL AND sequence > (SELECT last FROM unchecked_events) THEN -1 ELSE crc END
        """;

    /// <summary>The event and those behind it, as many as fit into some bytes.</summary>
    public static IReadOnlyList<Event> ReadFrom(Connection connection, long sequence, long last, int limit, int bytes)
    {
        using var rows = connection.Prepare($"SELECT {Columns} FROM events WHERE sequence >= ? AND sequence <= ? ORDER BY sequence LIMIT ?")
            .Bind(sequence).Bind(limit == 1 ? sequence : last).Bind(limit);
        var events = new List<Event>();
        for (var size = 0; size < bytes && rows.Step();)
        {
            var read = Read(rows);
            events.Add(read);
            size += read.Content.Data.Length;
        }

        return events;
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

    private static Event Read(Statement rows)
    {
        var (extensions, audience) = (rows.OptionalText(10), rows.OptionalText(11));
        var bare = ReadBare(rows);
        if (bare.Id.Length == 0 || (rows.OptionalNumber(14) is { } crc && crc != EventChecksum.Of(bare, extensions, audience)))
        {
            // Shown to nobody: who may see it is one of the things that may have changed.
            return bare with { IsDamaged = true, Content = bare.Content with { Audience = [] } };
        }

        return extensions is null && audience is null
            ? bare
            : bare with { Content = bare.Content with { Extensions = StoredJson.ReadMap(extensions), Audience = StoredJson.ReadList(audience) } };
    }

    /// <summary>Without what has to be parsed: nothing here fails, whatever the row says.</summary>
    private static Event ReadBare(Statement rows) => new()
    {
        Sequence = rows.Number(0),
        Id = rows.OptionalText(1) ?? "",
        Staged = DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(rows.Number(2), FirstMillisecond, LastMillisecond)),
        Content = new EventContent
        {
            ProducerId = rows.OptionalText(3),
            Source = rows.OptionalText(4) ?? "",
            Type = rows.OptionalText(5) ?? "",
            Subject = rows.OptionalText(6),
            Time = new DateTimeOffset(Math.Clamp(rows.Number(7), 0, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero),
            DataContentType = rows.OptionalText(8),
            DataSchema = rows.OptionalText(9),
            Target = rows.OptionalNumber(12),
            Data = rows.Bytes(13),
        },
    };
}
