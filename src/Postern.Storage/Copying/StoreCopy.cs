using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Ports;
using Postern.Storage.PostgreSql;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sqlite;

namespace Postern.Storage.Copying;

/// <summary>
/// Copies a SQLite store into an empty PostgreSQL database, row by row, and compares the two at the end. Broken off at any place, it goes on
/// there when it is run again; until it has ended no Postern opens the database.
/// </summary>
public static class StoreCopy
{
    // Rows of one commit: a copy that is broken off repeats no more than these.
    private const int Step = 5_000;

    /// <param name="report">What has been done, a line each.</param>
    /// <exception cref="StoreRefusedException">One of the two is in use or cannot be opened, the database holds something else, or the copy is not what the store is.</exception>
    public static Task RunAsync(SqliteOptions source, PostgreSqlOptions to, Action<string> report, CancellationToken cancellation) => Task.Run(
        () =>
        {
            var options = source with { Path = Path.GetFullPath(source.Path) };
            try
            {
                Run(options, to, report, cancellation);
            }
            catch (EngineException exception)
            {
                throw new StoreRefusedException($"The copy stopped: {exception.Describe(exception is PostgreSql.Engine.PostgreSqlException ? to.Name : options.Path)}. Run it again: it goes on where it is.", exception);
            }
        },
        cancellation);

    private static void Run(SqliteOptions source, PostgreSqlOptions to, Action<string> report, CancellationToken cancellation)
    {
        if (!File.Exists(source.Path))
        {
            throw new StoreRefusedException($"There is no store {source.Path}.");
        }

        // Both locks: nobody writes to either meanwhile.
        using var file = SqliteEngine.Open(source, NullLogger.Instance);
        using var database = PostgreSqlEngine.Open(to with { Copies = true }, TimeProvider.System, NullLogger.Instance);
        using var reader = file.OpenReader();
        using var writer = database.OpenWriter();
        var progress = CopyProgress.Open(writer, to.Name);
        foreach (var table in CopiedTable.All)
        {
            if (progress.IsDone(table))
            {
                report($"{table.Name}: copied before");
                continue;
            }

            report(Format($"{table.Name}: {CopyRows(reader, writer, table, progress, cancellation):N0} rows copied"));
        }

        foreach (var table in CopiedTable.All)
        {
            cancellation.ThrowIfCancellationRequested();
            var (here, there) = (RowHash.Of(reader, table, cancellation), RowHash.Of(writer, table, cancellation));
            if (here != there)
            {
                progress.Undo(table);
                throw new StoreRefusedException(Format(
                    $"The table {table.Name} has {here.Rows:N0} rows in {source.Path} and {there.Rows:N0} in {to.Name}, or others. It is copied anew when you run this again."));
            }

            report(Format($"{table.Name}: {here.Rows:N0} rows are the same"));
        }

        progress.Finish();
    }

    /// <returns>How many rows, of this run alone.</returns>
    private static long CopyRows(Connection reader, Connection writer, CopiedTable table, CopyProgress progress, CancellationToken cancellation)
    {
        var last = progress.Begin(table);
        var copied = 0L;
        using var rows = reader.Prepare(table.Select(last));
        var more = rows.Step();
        while (more)
        {
            cancellation.ThrowIfCancellationRequested();
            writer.Begin();
            for (var count = 0; more && count < Step; count++, copied++)
            {
                var insertion = writer.Prepare(table.Insert);
                table.Bind(insertion, rows);
                insertion.Post();
                more = rows.Step();
            }

            writer.Commit();
        }

        progress.End(table, table.Numbers ? LastGiven(reader, table) : 0);
        return copied;
    }

    private static long LastGiven(Connection reader, CopiedTable table)
    {
        var greatest = reader.ReadNumber($"SELECT coalesce(max(number), 0) FROM {table.Name}");
        return Math.Max(greatest, reader.ReadNumber($"SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = '{table.Name}'"));
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
