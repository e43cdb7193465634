using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql.Retention;

/// <summary>Finds what is old enough, at the front of each table.</summary>
internal static class ExpiredRows
{
    // What a reader looks at in one go where it finds little to remove.
    private const int MostLooks = 20_000;

    public static Piece Attempts(Connection connection, DateTimeOffset before, int limit)
    {
        using var rows = connection
            .Prepare("SELECT number, at, length(response) FROM attempts ORDER BY number LIMIT ?").Bind(limit);
        var found = new PieceBuilder();
        var part = -1L;
        while (rows.Step())
        {
            if (rows.Number(1) >= before.UtcTicks)
            {
                return found.Build(more: false);
            }

            var number = rows.Number(0);
            found.Add(number, part == (part = number >> AttemptParts.Bits) ? 0 : AttemptParts.IndexPages, 200 + rows.Number(2));
            if (found.IsFull)
            {
                return found.Build(more: true);
            }
        }

        return found.Build(more: found.Count == limit);
    }

    public static Piece Dead(Connection connection, DateTimeOffset before, int limit) => List(
        connection.Prepare("SELECT id FROM kept WHERE died IS NOT NULL AND died < ? ORDER BY died, id LIMIT ?")
            .Bind(before.ToUnixTimeMilliseconds()).Bind(limit),
        limit, pagesPerRow: 2);

    public static Piece Answers(Connection connection, DateTimeOffset before, int limit)
    {
        using var rows = connection.Prepare("SELECT number, kept, length(answer) FROM answers ORDER BY number LIMIT ?").Bind(limit);
        var found = new PieceBuilder();
        while (rows.Step())
        {
            if (rows.Number(1) >= before.ToUnixTimeMilliseconds())
            {
                return found.Build(more: false);
            }

            found.Add(rows.Number(0), 1, rows.Number(2));
            if (found.IsFull)
            {
                return found.Build(more: true);
            }
        }

        return found.Build(more: found.Count == limit);
    }

    /// <summary>By sequence, and so by when they were staged.</summary>
    public static Piece ProducerIds(Connection connection, DateTimeOffset before, int limit)
    {
        using var rows = connection.Prepare("SELECT sequence, staged FROM producer_ids ORDER BY sequence LIMIT ?").Bind(limit);
        var found = new PieceBuilder();
        while (rows.Step())
        {
            if (rows.Number(1) >= before.ToUnixTimeMilliseconds())
            {
                return found.Build(more: false);
            }

            found.Add(rows.Number(0), 1, 60);
            if (found.IsFull)
            {
                return found.Build(more: true);
            }
        }

        return found.Build(more: found.Count == limit);
    }

    public static Piece Reports(Connection connection, DateTimeOffset before, int limit) => List(
        connection.Prepare("SELECT number FROM erasures WHERE finished < ? ORDER BY number LIMIT ?").Bind(before.ToUnixTimeMilliseconds()).Bind(limit),
        limit, pagesPerRow: 1);

    public static Piece Jobs(Connection connection, DateTimeOffset before, int limit) => List(
        connection.Prepare("SELECT number FROM jobs WHERE ended < ? ORDER BY number LIMIT ?").Bind(before.ToUnixTimeMilliseconds()).Bind(limit),
        limit, pagesPerRow: 3);

    /// <summary>From the front: a clock that was set back keeps what stands behind an entry as long as that one.</summary>
    public static Piece Audit(Connection connection, DateTimeOffset before, int limit)
    {
        using var rows = connection.Prepare("SELECT number, at FROM audit ORDER BY number LIMIT ?").Bind(limit);
        var found = new PieceBuilder();
        while (rows.Step())
        {
            if (rows.Number(1) >= before.ToUnixTimeMilliseconds())
            {
                return found.Build(more: false);
            }

            found.Add(rows.Number(0), 2, 150);
            if (found.IsFull)
            {
                return found.Build(more: true);
            }
        }

        return found.Build(more: found.Count == limit);
    }

    /// <summary>The events behind <paramref name="after"/> that are old enough and not owed, within the part of the log that <paramref name="owed"/> knows.</summary>
    public static Piece Events(Connection connection, DateTimeOffset before, int limit, long after, OwedEvents owed)
    {
        using var rows = connection
            .Prepare("SELECT sequence, staged, producer_id IS NOT NULL, length(data) FROM events WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?")
            .Bind(after).Bind(owed.Last).Bind(MostLooks);
        var found = new PieceBuilder();
        var looks = 0;
        while (rows.Step())
        {
            if (rows.Number(1) >= before.ToUnixTimeMilliseconds())
            {
                return found.Build(more: false);
            }

            looks++;
            if (owed.Contains(rows.Number(0)))
            {
                found.Pass(rows.Number(0));
                continue;
            }

            found.Add(rows.Number(0), (int)rows.Number(2), 200 + rows.Number(3));
            if (found.IsFull || found.Count == limit)
            {
                return found.Build(more: true);
            }
        }

        return looks == MostLooks ? found.Build(more: true) : found.Build(more: false);
    }

    /// <summary>The oldest event, and when it was staged; null when there is none.</summary>
    public static (long Sequence, DateTimeOffset Staged)? Oldest(Connection connection, long after = 0)
    {
        using var rows = connection.Prepare("SELECT sequence, staged FROM events WHERE sequence > ? ORDER BY sequence LIMIT 1").Bind(after);
        return rows.Step() ? (rows.Number(0), rows.Time(1)) : null;
    }

    private static Piece List(Statement statement, int limit, int pagesPerRow)
    {
        using (statement)
        {
            var found = new PieceBuilder();
            while (statement.Step())
            {
                found.Add(statement.Number(0), pagesPerRow, 60);
                if (found.IsFull)
                {
                    return found.Build(more: true);
                }
            }

            return found.Build(more: found.Count == limit);
        }
    }
}
