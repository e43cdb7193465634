using Npgsql;

namespace Postern.Storage.PostgreSql.Peers;

/// <summary>Everything about the other nodes that is asked before a node writes, in one statement: it is seen as it stands at one moment.</summary>
internal static class Standing
{
    public const string Sql =
        $"""
        SELECT last_sequence, cursor, last_callback, last_subscription, last_attempt, pending, dead, subscriptions,
          (SELECT coalesce(max(number), 0) FROM changes),
          callbacks.node, callbacks.beat, {LeadRow.Now} - callbacks.beat, callbacks.seen, listener.node, listener.beat, {LeadRow.Now} - listener.beat, listener.seen
        FROM counters, lead AS callbacks, lead AS listener
        WHERE callbacks.duty = '{LeadRow.Callbacks}' AND listener.duty = '{LeadRow.Listener}'
        """;

    public static (StoreCounters Counters, long Newest, LeadRow[] Leads) Read(NpgsqlDataReader row) => (
        new StoreCounters
        {
            LastSequence = row.GetInt64(0),
            Cursor = row.GetInt64(1),
            LastCallback = row.GetInt64(2),
            LastSubscription = row.GetInt64(3),
            LastAttempt = row.GetInt64(4),
            Pending = row.GetInt64(5),
            Dead = row.GetInt64(6),
            Subscriptions = row.GetInt64(7),
        },
        row.GetInt64(8),
        [ReadLead(row, 9), ReadLead(row, 13)]);

    private static LeadRow ReadLead(NpgsqlDataReader row, int first) => new(
        row.IsDBNull(first) ? null : row.GetString(first), row.GetInt64(first + 1), TimeSpan.FromMilliseconds(row.GetInt64(first + 2)), row.GetInt64(first + 3));
}
