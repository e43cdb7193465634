using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Storage.Sqlite.Reading;

/// <summary>What one subscription is owed. No index leads there from the places where callbacks wait: a bounded part of each is looked at.</summary>
internal static class OwedRows
{
    private const int Looked = 10_000;

    public static Owed Count(Connection connection, long subscription)
    {
        // One statement: a callback that moves between two reads would be counted twice, or not at all.
        using var rows = connection.Prepare(
            """
            WITH
              handed AS (SELECT subscription, since FROM fresh ORDER BY id LIMIT ?2),
              waiting AS (
                SELECT subscription, due FROM backlog WHERE queue = (SELECT queue FROM subscriptions WHERE number = ?1) ORDER BY due, id LIMIT ?2),
              parked AS (SELECT id FROM kept WHERE subscription = ?1 AND state = 1 LIMIT ?2),
              held AS (SELECT ord FROM ordered WHERE subscription = ?1 LIMIT ?2)
            SELECT
              (SELECT count(*) FROM handed WHERE subscription = ?1) + (SELECT count(*) FROM waiting WHERE subscription = ?1)
                + (SELECT count(*) FROM parked) + (SELECT count(*) - count(DISTINCT ord) FROM held),
              max((SELECT count(*) FROM handed), (SELECT count(*) FROM waiting), (SELECT count(*) FROM parked), (SELECT count(*) FROM held)),
              coalesce((SELECT min(since) FROM handed WHERE subscription = ?1), (SELECT min(due) FROM waiting WHERE subscription = ?1))
            """)
            .Bind(subscription).Bind(Looked);
        rows.Step();
        DateTimeOffset? next = rows.OptionalNumber(2) is { } due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null;
        return new Owed((int)rows.Number(0), More: rows.Number(1) == Looked, next);
    }
}
