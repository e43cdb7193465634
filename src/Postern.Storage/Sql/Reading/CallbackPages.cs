using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

/// <summary>Lists what is owed or dead, place by place, with a bounded number of rows looked at for each page.</summary>
internal static class CallbackPages
{
    private const int MostRows = 10_000;

    private const int Fresh = 1;
    private const int Backlog = 2;
    private const int Held = 3;
    private const int Kept = 4;

    public static CallbackPage List(Connection connection, CallbackQuery query) => connection.InOneSnapshot(() => ListPlaces(connection, query));

    public static Callback? FindDead(Connection connection, long id)
    {
        Row dead;
        using (var rows = connection.Prepare(
            "SELECT id, 0, 0, id, event, subscription, state, 0, attempts FROM kept WHERE id = ? AND state = 2").Bind(id))
        {
            if (!rows.Step())
            {
                return null;
            }

            dead = Row.Read(rows, Kept);
        }

        return Show(connection, dead);
    }

    public static OwedCount CountOwed(Connection connection, long subscription, int queue, int most) => connection.InOneSnapshot(() =>
    {
        var owed = new OwedCount(0, true, null);
        foreach (var place in (int[])[Fresh, Held, Kept])
        {
            owed = Count(connection, subscription, place, queue, most, owed);
        }

        return MoveRows.Queues(connection, subscription, queue).Aggregate(owed, (sum, each) => Count(connection, subscription, Backlog, each, most, sum));
    });

    private static CallbackPage ListPlaces(Connection connection, CallbackQuery query)
    {
        var found = new List<Callback>();
        var left = MostRows;
        int[] places = query.State switch
        {
            null => [Fresh, Backlog, Held, Kept],
            CallbackState.Pending => [Fresh, Backlog, Held],
            _ => [Kept],
        };
        foreach (var place in places.Where(place => place >= (query.After?.Place ?? 0)))
        {
            var after = query.After is { } cursor && cursor.Place == place ? cursor : new CallbackCursor(place, 0, 0, 0);
            foreach (var queue in QueuesOf(connection, query, after))
            {
                using var rows = Scan(connection, query, after, left, queue);
                while (rows.Step())
                {
                    var row = Row.Read(rows, place);
                    if ((query.Subscription ?? row.Subscription) == row.Subscription && Show(connection, row) is { } shown)
                    {
                        found.Add(shown);
                    }

                    if (found.Count == query.Limit || --left == 0)
                    {
                        return new CallbackPage(found, row.Cursor);
                    }
                }
            }
        }

        return new CallbackPage(found, null);
    }

    private static OwedCount Count(Connection connection, long subscription, int place, int queue, int most, OwedCount before)
    {
        var query = new CallbackQuery { Subscription = subscription, State = place == Kept ? CallbackState.Parked : null };
        var (count, looked, earliest) = (before.Count, 0, before.Earliest);
        using var rows = Scan(connection, query, new CallbackCursor(place, 0, 0, 0), most, queue);
        while (rows.Step())
        {
            looked++;
            var row = Row.Read(rows, place);
            if (row.Subscription == subscription)
            {
                count++;
                earliest = place == Backlog && !(earliest <= row.Due) ? row.Due : earliest;
            }
        }

        return new OwedCount(count, before.IsExact && looked < most, earliest);
    }

    /// <summary>The queues whose backlogs are to be listed; null stands for all, and for the other places.</summary>
    private static IEnumerable<int?> QueuesOf(Connection connection, CallbackQuery query, CallbackCursor after)
    {
        if (after.Place != Backlog || query.Subscription is not { } subscription)
        {
            return [null];
        }

        var current = SubscriptionRows.Read(connection, subscription)?.Queue;
        return MoveRows.Queues(connection, subscription, current).Where(queue => queue == current || queue >= after.First).Select(queue => (int?)queue);
    }

    // Each gives its key in three columns, then id, event, subscription, state, due, attempts.
    private static Statement Scan(Connection connection, CallbackQuery query, CallbackCursor after, int limit, int? queue = null) => after.Place switch
    {
        Fresh => connection.Prepare("SELECT id, 0, 0, id, event, subscription, 0, 0, 0 FROM fresh WHERE id > ? ORDER BY id LIMIT ?")
            .Bind(after.First).Bind(limit),
        Backlog => ScanBacklog(connection, after, limit, queue),
        Held => ScanHeld(connection, query, after, limit),
        _ => ScanKept(connection, query, after, limit),
    };

    private static Statement ScanBacklog(Connection connection, CallbackCursor after, int limit, int? queue)
    {
        const string Columns = "SELECT queue, due, id, id, event, subscription, 0, due, attempts FROM backlog";
        if (queue is not { } only)
        {
            return connection.Prepare($"{Columns} WHERE (queue, due, id) > (?, ?, ?) ORDER BY queue, due, id LIMIT ?")
                .Bind(after.First).Bind(after.Second).Bind(after.Third).Bind(limit);
        }

        return connection.Prepare($"{Columns} WHERE queue = ? AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?")
            .Bind(only).Bind(only == after.First ? after.Second : 0).Bind(only == after.First ? after.Third : 0).Bind(limit);
    }

    // The first of each order stands in another place, and is shown there.
    private static Statement ScanHeld(Connection connection, CallbackQuery query, CallbackCursor after, int limit)
    {
        var begin = query.Subscription is { } only && after.First < only ? new CallbackCursor(Held, only, long.MinValue, 0) : after;
        return connection.Prepare(
            """
            SELECT subscription, ord, id, id, event, subscription, 0, 0, 0 FROM ordered o
            WHERE (subscription, ord, id) > (?, ?, ?) AND subscription <= ?
              AND id > (SELECT min(f.id) FROM ordered f WHERE f.subscription = o.subscription AND f.ord = o.ord)
            ORDER BY subscription, ord, id LIMIT ?
            """)
            .Bind(begin.First).Bind(begin.Second).Bind(begin.Third).Bind(query.Subscription ?? long.MaxValue).Bind(limit);
    }

    private static Statement ScanKept(Connection connection, CallbackQuery query, CallbackCursor after, int limit)
    {
        return new Conditions()
            .Add("subscription = ?", query.Subscription)
            .Add("state = ?", (long?)query.State)
            .Add("id > ?", after.First)
            .Prepare(connection, "SELECT id, 0, 0, id, event, subscription, state, 0, attempts FROM kept {0} ORDER BY id LIMIT ?")
            .Bind(limit);
    }

    /// <summary>Null when its event or its subscription is not there any more.</summary>
    private static Callback? Show(Connection connection, in Row row)
    {
        using var rows = connection.Prepare(
            """
            SELECT e.id, e.type, s.id, s.consumer, s.callback FROM events e CROSS JOIN subscriptions s
            WHERE e.sequence = ? AND s.number = ?
            """)
            .Bind(row.Event).Bind(row.Subscription);
        return !rows.Step() ? null : new Callback
        {
            Id = row.Id,
            EventId = rows.Text(0),
            EventType = rows.Text(1),
            SubscriptionId = rows.Text(2),
            Consumer = rows.Text(3),
            Destination = rows.Text(4),
            State = row.State,
            Due = row.Due > DateTimeOffset.UnixEpoch ? row.Due : null,
            Attempts = row.Attempts,
        };
    }

    private readonly record struct Row(CallbackCursor Cursor, long Id, long Event, long Subscription, CallbackState State, DateTimeOffset Due, int Attempts)
    {
        public static Row Read(Statement rows, int place) => new(
            new CallbackCursor(place, rows.Number(0), rows.Number(1), rows.Number(2)),
            rows.Number(3), rows.Number(4), rows.Number(5), (CallbackState)rows.Number(6), rows.Time(7), (int)rows.Number(8));
    }
}
