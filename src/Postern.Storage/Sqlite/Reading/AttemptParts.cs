using Postern.Storage.Sqlite.Engine;

namespace Postern.Storage.Sqlite.Reading;

/// <summary>
/// Attempts in parts of 16,384 neighbouring numbers. The index leads from a part and a subscription to its attempts: those of a
/// subscription are found with one look for each part, a few microseconds each.
/// </summary>
internal static class AttemptParts
{
    public const int Bits = 14;

    /// <summary>Pages that the index of a part fills, at most.</summary>
    public const int IndexPages = 24;

    /// <summary>The attempts of the subscription <c>?1</c>, oldest part first; further conditions may follow.</summary>
    public const string OfSubscription =
        """
        (WITH RECURSIVE parts (part) AS (
          SELECT (SELECT min(number) FROM attempts) >> 14 UNION ALL
          SELECT part + 1 FROM parts WHERE part < (SELECT max(number) FROM attempts) >> 14)
         SELECT part FROM parts) CROSS JOIN attempts INDEXED BY attempts_by_part
        WHERE number >> 14 = part AND subscription = ?1
        """;

    /// <summary>The oldest part and the newest; the newest is before the oldest when there is no attempt.</summary>
    public static (long First, long Last) Read(Connection connection)
    {
        using var rows = connection.Prepare("SELECT (SELECT min(number) FROM attempts) >> 14, (SELECT max(number) FROM attempts) >> 14");
        return rows.Step() && rows.OptionalNumber(0) is { } first ? (first, rows.Number(1)) : (0, -1);
    }
}
