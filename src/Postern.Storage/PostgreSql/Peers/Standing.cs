using Npgsql;

namespace Postern.Storage.PostgreSql.Peers;

/// <summary>Everything about the other nodes that is asked before a node writes, in one statement: it is seen as it stands at one moment.</summary>
internal static class Standing
{
    public const string Sql =
        $"""
        SELECT last_sequence, cursor, last_callback, last_subscription, last_attempt, pending, dead, subscriptions,
          (SELECT coalesce(max(number), 0) FROM changes), node, beat, {LeadRow.Now} - beat, seen
        FROM counters CROSS JOIN lead
        """;

    public static (StoreCounters Counters, long Newest, LeadRow Lead) Read(NpgsqlDataReader row) => (
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
        new LeadRow(row.IsDBNull(9) ? null : row.GetString(9), row.GetInt64(10), TimeSpan.FromMilliseconds(row.GetInt64(11)), row.GetInt64(12)));
}
