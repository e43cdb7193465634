using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sqlite;

internal sealed class SqliteDialect : Dialect
{
    private SqliteDialect()
    {
    }

    public static SqliteDialect Instance { get; } = new();

    public override string By(string index) => $"INDEXED BY {index}";

    public override string? UnlessPublished => "ON CONFLICT (source, producer_id) WHERE producer_id IS NOT NULL DO NOTHING";

    public override string FindPublished => "SELECT id, sequence FROM events WHERE source = ? AND producer_id = ?";

    public override bool HasAttemptParts => true;

    public override string AttemptsOfSubscription =>
        """
        (WITH RECURSIVE parts (part) AS (
          SELECT (SELECT min(number) FROM attempts) >> 14 UNION ALL
          SELECT part + 1 FROM parts WHERE part < (SELECT max(number) FROM attempts) >> 14)
         SELECT part FROM parts) CROSS JOIN attempts INDEXED BY attempts_by_part
        WHERE number >> 14 = part AND subscription = ?1
        """;

    // The row that has the minimum gives the other columns (sqlite.org/quirks.html). The index holds all that this looks at.
    public override string FirstProofs =>
        """
        SELECT number AS first, queue AS at, min(proof_due) FROM subscriptions
        WHERE proof_due IS NOT NULL AND proof_due <= ?1 AND queue > ?2 GROUP BY queue ORDER BY queue LIMIT ?3
        """;

    public override string WereAny(string table) => $"SELECT count(*) FROM sqlite_sequence WHERE name = '{table}'";
}
