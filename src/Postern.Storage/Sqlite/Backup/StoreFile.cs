using Postern.Storage.Sqlite.Engine;
using SQLitePCL;

namespace Postern.Storage.Sqlite.Backup;

/// <summary>A database file of a backup: the store that is read, or the copy that is made.</summary>
/// <remarks>Not a <see cref="Connection"/>: the store must not be made when it is not there, and never be written to.</remarks>
internal sealed class StoreFile : IDisposable
{
    private const int BusyMilliseconds = 5_000;

    private readonly sqlite3 database;

    static StoreFile() => Batteries_V2.Init();

    private StoreFile(sqlite3 database) => this.database = database;

    /// <summary>The store, to read only, beside whoever has it open.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static StoreFile Read(string path) => Open(path, raw.SQLITE_OPEN_READONLY);

    /// <summary>The copy, a file that is there and is empty.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static StoreFile Write(string path)
    {
        var file = Open(path, raw.SQLITE_OPEN_READWRITE);
        // EXTRA: the folder is synced with the last commit too (sqlite.org/pragma.html#pragma_synchronous).
        file.Execute("PRAGMA synchronous = EXTRA; PRAGMA cell_size_check = ON;");
        return file;
    }

    public void Execute(string sql) => Check(raw.sqlite3_exec(database, sql));

    /// <summary>The first row, as many columns as are asked for.</summary>
    public long[] ReadNumbers(string sql, int columns)
    {
        using var statement = Prepare(sql);
        return Step(statement) ? [.. Enumerable.Range(0, columns).Select(column => raw.sqlite3_column_int64(statement, column))] : new long[columns];
    }

    /// <summary>The first column of every row.</summary>
    public IReadOnlyList<string> ReadTexts(string sql)
    {
        using var statement = Prepare(sql);
        var texts = new List<string>();
        while (Step(statement))
        {
            texts.Add(raw.sqlite3_column_text(statement, 0).utf8_to_string());
        }

        return texts;
    }

    /// <summary>Copies every page of this file into an empty one, some at a time.</summary>
    public void CopyTo(StoreFile copy, int pagesAtOnce, CancellationToken cancellation)
    {
        using var backup = raw.sqlite3_backup_init(copy.database, "main", database, "main");
        if (backup is null || backup.IsInvalid)
        {
            copy.Check(raw.sqlite3_errcode(copy.database));
        }

        int code;
        while ((code = raw.sqlite3_backup_step(backup, pagesAtOnce)) == raw.SQLITE_OK)
        {
            cancellation.ThrowIfCancellationRequested();
        }

        if (code != raw.SQLITE_DONE)
        {
            throw new SqliteException(code, raw.sqlite3_errstr(code).utf8_to_string());
        }

        copy.Check(raw.sqlite3_backup_finish(backup));
    }

    /// <summary>Ends what is open, and closes.</summary>
    public void Dispose() => database.Dispose();

    private static StoreFile Open(string path, int mode)
    {
        var code = raw.sqlite3_open_v2(path, out var database, mode | raw.SQLITE_OPEN_NOMUTEX, null);
        if (code != raw.SQLITE_OK)
        {
            var message = raw.sqlite3_errstr(code).utf8_to_string();
            database?.Dispose();
            throw new SqliteException(code, message);
        }

        raw.sqlite3_extended_result_codes(database, 1);
        raw.sqlite3_busy_timeout(database, BusyMilliseconds);
        // Whoever closes the store last moves its log into it: that must be a Postern, which does it with syncs that it checks.
        raw.sqlite3_db_config(database, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, mode == raw.SQLITE_OPEN_READONLY ? 1 : 0, out _);
        return new StoreFile(database);
    }

    private sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(database, sql, out var statement));
        return statement;
    }

    private bool Step(sqlite3_stmt statement)
    {
        var code = raw.sqlite3_step(statement);
        Check(code);
        return code == raw.SQLITE_ROW;
    }

    private void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw new SqliteException(code, raw.sqlite3_errmsg(database).utf8_to_string());
        }
    }
}
