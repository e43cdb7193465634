namespace Postern.Storage.Sql.Retention;

/// <summary>What a step costs in pages: each is written to the log and again to the file, and that is most of its price.</summary>
internal static class StepCost
{
    /// <summary>Pages that one step may change: 2 MiB of log.</summary>
    public const int MostPages = 128;

    private const int PageBytes = 16384;

    // 16 KiB through checksum, log and checkpoint at some 800 MB/s.
    private static readonly TimeSpan PerPage = TimeSpan.FromMicroseconds(40);

    public static TimeSpan Of(TimeSpan elapsed, int pages) => elapsed + (PerPage * pages);

    /// <summary>Pages for rows that lie one behind the other, with their bytes overwritten.</summary>
    public static int PagesOf(long bytes) => (int)(bytes / PageBytes);
}
