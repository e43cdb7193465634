using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

/// <summary>
/// Attempts in parts of 16,384 neighbouring numbers, where the dialect has them. The index leads from a part and a subscription to its attempts: those of a
/// subscription are found with one look for each part, a few microseconds each.
/// </summary>
internal static class AttemptParts
{
    public const int Bits = 14;

    /// <summary>Pages that the index of a part fills, at most.</summary>
    public const int IndexPages = 24;

    /// <summary>The oldest part and the newest; the newest is before the oldest when there is no attempt.</summary>
    public static (long First, long Last) Read(Connection connection)
    {
        using var rows = connection.Prepare("SELECT (SELECT min(number) FROM attempts) >> 14, (SELECT max(number) FROM attempts) >> 14");
        return rows.Step() && rows.OptionalNumber(0) is { } first ? (first, rows.Number(1)) : (0, -1);
    }
}
