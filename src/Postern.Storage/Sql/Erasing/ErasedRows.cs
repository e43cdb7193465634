using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql.Erasing;

/// <summary>Finds what an order is about, beside the writer.</summary>
internal static class ErasedRows
{
    // What a reader looks at in one go: the log has no index by subject.
    private const long MostLooks = 50_000;

    /// <summary>The events of the order behind a position, and the new position.</summary>
    public static (IReadOnlyList<long> Events, long Position) Events(Connection connection, StoredErasure erasure, int limit)
    {
        var end = Math.Min(erasure.Last, erasure.Position + MostLooks);
        var (term, value) = erasure.Order switch
        {
            // Seen by nobody else: an audience of one.
            { Consumer: { } consumer } => ("audience = ?", StoredJson.Write([consumer])!),
            { Subject: var subject } => ("subject = ?", subject!),
        };
        using var rows = new Conditions()
            .Add(term, value)
            .Add("source = ?", erasure.Order.Source)
            .Add("sequence > ?", erasure.Position)
            .Add("sequence <= ?", end)
            .Prepare(connection, "SELECT sequence FROM events {0} ORDER BY sequence LIMIT ?")
            .Bind(limit);
        var events = new List<long>();
        while (rows.Step())
        {
            events.Add(rows.Number(0));
        }

        return (events, events.Count == limit ? events[^1] : end);
    }

    public static Subscription? Subscription(Connection connection, string consumer) =>
        SubscriptionRows.List(connection, new SubscriptionQuery { Consumer = consumer, Limit = 1 }) is [var first] ? first : null;

    /// <summary>Callbacks with the hub or in a backlog whose event or subscription is gone: nobody can send them.</summary>
    public static List<DueCallback> Orphans(Connection connection, int limit)
    {
        var found = CallbackRows.ReadDue(connection.Prepare(
            $"SELECT id, event, subscription, 0, 0, 0, since, ord FROM fresh c WHERE {IsOrphan} LIMIT ?").Bind(limit));
        return found.Count > 0
            ? found
            : CallbackRows.ReadDue(connection.Prepare(
                $"SELECT id, event, subscription, attempts, queue, due, since, ord FROM backlog c WHERE {IsOrphan} LIMIT ?").Bind(limit));
    }

    /// <summary>The same of those that are parked, dead, or held behind others: id, subscription, order, state (0: held).</summary>
    public static List<(long Id, long Subscription, long Order, CallbackState State)> KeptOrphans(Connection connection, int limit)
    {
        var found = ReadKept(connection.Prepare($"SELECT id, subscription, ord, state FROM kept c WHERE {IsOrphan} LIMIT ?").Bind(limit));
        return found.Count > 0
            ? found
            : ReadKept(connection.Prepare(
                $"""
                SELECT id, subscription, ord, 0 FROM ordered c WHERE {IsOrphan}
                  AND id > (SELECT min(id) FROM ordered first WHERE first.subscription = c.subscription AND first.ord = c.ord) LIMIT ?
                """).Bind(limit));
    }

    private const string IsOrphan =
        "(NOT EXISTS (SELECT 1 FROM events WHERE sequence = c.event) OR NOT EXISTS (SELECT 1 FROM subscriptions WHERE number = c.subscription))";

    private static List<(long, long, long, CallbackState)> ReadKept(Statement statement)
    {
        using (statement)
        {
            var found = new List<(long, long, long, CallbackState)>();
            while (statement.Step())
            {
                found.Add((statement.Number(0), statement.Number(1), statement.Number(2), (CallbackState)statement.Number(3)));
            }

            return found;
        }
    }
}
