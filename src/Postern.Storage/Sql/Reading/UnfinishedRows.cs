using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

/// <summary>What a change of subscriptions has left to do. One seek for each subscription that keeps any callback, holds one in an order, or moves.</summary>
internal static class UnfinishedRows
{
    public static IReadOnlyList<MoreToDo> List(Connection connection)
    {
        using var rows = connection.Prepare(
            """
            WITH RECURSIVE keeping (number) AS (
              SELECT min(subscription) FROM kept UNION ALL
              SELECT (SELECT min(subscription) FROM kept WHERE subscription > keeping.number) FROM keeping WHERE keeping.number IS NOT NULL),
            holding (number) AS (
              SELECT min(subscription) FROM ordered UNION ALL
              SELECT (SELECT min(subscription) FROM ordered WHERE subscription > holding.number) FROM holding WHERE holding.number IS NOT NULL)
            SELECT k.number, CASE WHEN coalesce(s.state, 4) = 4 THEN 1 ELSE 0 END FROM keeping k LEFT JOIN subscriptions s ON s.number = k.number
            WHERE k.number IS NOT NULL AND (s.number IS NULL
              OR (s.state IN (0, 4) AND EXISTS (SELECT 1 FROM kept p WHERE p.subscription = s.number AND p.state = 1)))
            UNION
            SELECT h.number, 1 FROM holding h LEFT JOIN subscriptions s ON s.number = h.number
            WHERE h.number IS NOT NULL AND coalesce(s.state, 4) = 4
            UNION
            SELECT subscription, 2 FROM moves
            """);
        var unfinished = new List<MoreToDo>();
        while (rows.Step())
        {
            unfinished.Add(new MoreToDo(rows.Number(0), (Rest)rows.Number(1)));
        }

        return unfinished;
    }
}
