using Postern.Storage.Sql.Engine;

namespace Postern.Storage.PostgreSql;

internal sealed class PostgreSqlDialect : Dialect
{
    private PostgreSqlDialect()
    {
    }

    public static PostgreSqlDialect Instance { get; } = new();

    // The planner finds the way.
    public override string By(string index) => "";

    // An index holds no texts of any length: it holds their hash, and two that have the same one are told apart by what they are.
    public override string? UnlessPublished => null;

    public override string FindPublished => "SELECT id, sequence FROM events WHERE md5(source || producer_id) = md5(?1 || ?2) AND source = ?1 AND producer_id = ?2";

    public override bool HasAttemptParts => false;

    public override string AttemptsOfSubscription => "attempts WHERE subscription = ?1";

    public override string FirstProofs =>
        """
        SELECT DISTINCT ON (queue) number AS first, queue AS at FROM subscriptions
        WHERE proof_due IS NOT NULL AND proof_due <= ?1 AND queue > ?2 ORDER BY queue, proof_due LIMIT ?3
        """;

    public override string WereAny(string table) => $"SELECT CASE WHEN is_called THEN 1 ELSE 0 END FROM {table}_number_seq";
}
