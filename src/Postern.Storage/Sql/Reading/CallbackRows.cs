using Postern.Model;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

internal static class CallbackRows
{
    public static IReadOnlyList<DueCallback> ReadHandedOut(Connection connection, long after, int limit) =>
        ReadDue(connection
            .Prepare(
                """
                SELECT id, event, subscription, 0, 0, 0, since, ord FROM fresh WHERE id > ? ORDER BY id LIMIT ?
                """)
            .Bind(after).Bind(limit));

    /// <summary>Rows of <c>id, event, subscription, attempts, queue, due, since, ord</c>.</summary>
    public static List<DueCallback> ReadDue(Statement statement)
    {
        using (statement)
        {
            var callbacks = new List<DueCallback>();
            while (statement.Step())
            {
                callbacks.Add(new DueCallback(statement.Number(0), statement.Number(1), statement.Number(2), (int)statement.Number(3))
                {
                    Queue = (int)statement.Number(4),
                    Due = statement.Number(5),
                    Since = statement.Number(6),
                    Order = statement.Number(7),
                });
            }

            return callbacks;
        }
    }
}
