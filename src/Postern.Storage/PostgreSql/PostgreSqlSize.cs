using System.Globalization;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.PostgreSql;

/// <summary>
/// How much of a database is in use. Its files do not say: what was deleted stands in them until it is vacuumed, and they do not become
/// smaller then. So the rows that live, which the server counts, are taken times the size of a few.
/// </summary>
/// <remarks>After a crash the server counts from nothing until it has analysed a table again: for that time it is less than it is.</remarks>
internal static class PostgreSqlSize
{
    // Looked at for the size of a row.
    private const int SamplePages = 100;

    public static long Read(Connection connection) =>
        Of(connection, "events", "300 + pg_column_size(data)")
        + Of(connection, "attempts", "250 + coalesce(pg_column_size(response), 0)")
        + connection.ReadNumber(
            """
            SELECT coalesce(sum(n_live_tup) * 150, 0)::bigint FROM pg_stat_user_tables
            WHERE relname IN ('fresh', 'backlog', 'kept', 'ordered', 'subscriptions', 'answers', 'producer_ids', 'audit')
            """);

    private static long Of(Connection connection, string table, string size)
    {
        using var rows = connection.Prepare(
            $"""
            SELECT (SELECT n_live_tup FROM pg_stat_user_tables WHERE relid = '{table}'::regclass)
              * (SELECT coalesce(avg({size}), 0) FROM {table} TABLESAMPLE SYSTEM (?::float8))
            """)
            .Bind(PercentOf(connection, table));
        return rows.Step() ? rows.Number(0) : 0;
    }

    private static string PercentOf(Connection connection, string table)
    {
        var pages = connection.ReadNumber($"SELECT pg_relation_size('{table}') / current_setting('block_size')::bigint");
        return Math.Min(100, 100.0 * SamplePages / Math.Max(1, pages)).ToString("R", CultureInfo.InvariantCulture);
    }
}
