namespace Postern.Storage.Sql.Retention;

/// <summary>What one step is to remove, found by a reader beside the writer.</summary>
/// <param name="Keys">Keys of the rows, growing.</param>
/// <param name="Pages">Pages that removing them changes, estimated.</param>
/// <param name="Position">Everything up to here has been looked at.</param>
/// <param name="More">What stands behind it may be old enough too.</param>
internal sealed record Piece(IReadOnlyList<long> Keys, int Pages, long Position, bool More)
{
    public static Piece None { get; } = new([], 0, 0, false);
}
