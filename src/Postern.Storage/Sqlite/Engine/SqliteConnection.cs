using System.Globalization;
using Postern.Storage.Sql.Engine;
using SQLitePCL;

namespace Postern.Storage.Sqlite.Engine;

/// <summary>
/// A connection to the database file. Used by one thread at a time.
/// </summary>
/// <remarks>On SQLite's own calls, without ADO.NET: a command object, its parameters and a reader cost more than the statement they run.</remarks>
internal sealed class SqliteConnection : Connection
{
    private readonly sqlite3 database;

    static SqliteConnection() => Batteries_V2.Init();

    private SqliteConnection(sqlite3 database) => this.database = database;

    /// <summary>Opens the file, and makes it when it is not there. Every setting that is not kept in the file is set here.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static SqliteConnection Open(SqliteOptions options, int cacheKilobytes, TimeSpan busyTimeout)
    {
        // NOMUTEX: a connection is never shared between threads that run at the same time.
        const int Flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX;
        var code = raw.sqlite3_open_v2(options.Path, out var database, Flags, options.Vfs);
        if (code != raw.SQLITE_OK)
        {
            var message = raw.sqlite3_errstr(code).utf8_to_string();
            database?.Dispose();
            throw new SqliteException(code, message);
        }

        raw.sqlite3_extended_result_codes(database, 1);
        raw.sqlite3_busy_timeout(database, (int)busyTimeout.TotalMilliseconds);

        // A checkpoint that stops half-way does not sync, and counts its pages as moved. When the sync of a later one fails, one
        // more on closing would delete the log, which is then the only place where those pages are.
        raw.sqlite3_db_config(database, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
        var connection = new SqliteConnection(database);
        try
        {
            // secure_delete: bytes of deleted rows are overwritten where their page is written anyway.
            // foreign_keys: hot tables reference by number and are cleaned by the operations that own them.
            connection.Execute(
                $"""
                PRAGMA synchronous = {options.Synchronous};
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA foreign_keys = OFF;
                PRAGMA temp_store = MEMORY;
                PRAGMA secure_delete = FAST;
                PRAGMA cache_size = -{cacheKilobytes};
                """);
#if BROKEN
            if (Faults.Broken.DoesNotSync)
            {
                connection.Execute("PRAGMA synchronous = NORMAL");
            }
#endif
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection for writing. Its cache holds the inner pages of every index that is written to.</summary>
    public static SqliteConnection OpenForWriting(SqliteOptions options)
    {
        var opened = Open(options, cacheKilobytes: 65_536, busyTimeout: TimeSpan.FromSeconds(5));
        // Where the log starts over, its file is cut to this size: a log that once had to grow gives its space back.
        opened.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA journal_size_limit = {options.LogLimitBytes}"));
        return opened;
    }

    public static SqliteConnection OpenForReading(SqliteOptions options)
    {
        var opened = Open(options, cacheKilobytes: 8192, busyTimeout: TimeSpan.FromSeconds(5));
        opened.Execute("PRAGMA query_only = ON");
        return opened;
    }

    public override Dialect Dialect => SqliteDialect.Instance;

    /// <summary>Rows changed by the last statement.</summary>
    public int Changes => raw.sqlite3_changes(database);

    public override long TotalChanges => raw.sqlite3_total_changes(database);

    /// <summary>Pages this connection has written to the write-ahead log since it was asked last.</summary>
    public int TakePagesWritten()
    {
        raw.sqlite3_db_status(database, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, resetFlg: 1);
        return pages;
    }

    /// <summary>Lets SQL of this connection call a function of one text.</summary>
    public void AddFunction(string name, Func<string, string> function) =>
        Check(raw.sqlite3_create_function(database, name, 1, raw.SQLITE_UTF8 | raw.SQLITE_DETERMINISTIC, null, (context, _, values) =>
            raw.sqlite3_result_text(context, function(raw.sqlite3_value_text(values[0]).utf8_to_string()))));

    public override void Execute(string sql) => Check(raw.sqlite3_exec(database, sql));

    public override void Begin() => Prepare("BEGIN IMMEDIATE").Run();

    public override void Commit() => Prepare("COMMIT").Run();

    public override void Rollback() => Prepare("ROLLBACK").Run();

    public override T InOneSnapshot<T>(Func<T> read)
    {
        Execute("BEGIN");
        try
        {
            return read();
        }
        finally
        {
            Execute("COMMIT");
        }
    }

    /// <summary>Pages that become free are overwritten too, at the price of writing them.</summary>
    public override IDisposable OverwriteWhatIsDeleted() => new Overwriting(this);

    /// <summary>Moves what it can from the write-ahead log into the database, beside readers and the writer. Returns the pages of the log.</summary>
    public int Checkpoint()
    {
        Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE, out var log);
        return log;
    }

    /// <summary>Moves everything and cuts the log to nothing. False when a reader is in the way.</summary>
    public bool TryTruncateLog() => Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE, out _);

    /// <summary>Closing it as the last one moves the log into the file and deletes it.</summary>
    public void MoveLogOnClose() => raw.sqlite3_db_config(database, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, out _);

    /// <summary>Moves everything, so that the next commit begins at the front of the log. False when a reader is in the way.</summary>
    public bool TryRestartLog() => Checkpoint(raw.SQLITE_CHECKPOINT_RESTART, out _);

    /// <summary>Moves everything with fresh syncs, and cuts the log where no reader is in the way. False when something was left in it.</summary>
    public bool TryMoveLog() => Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE, out var log, out var moved) || log == moved;

    /// <summary>Writes what the log holds to it once more, and syncs it.</summary>
    public void RewriteLog()
    {
        Execute("BEGIN IMMEDIATE");
        LogFile.Rewrite(database);
        Execute("ROLLBACK");
    }

    private bool Checkpoint(int mode, out int log) => Checkpoint(mode, out log, out _);

    private bool Checkpoint(int mode, out int log, out int moved)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(database, "main", mode, out log, out moved);
        if (code != raw.SQLITE_BUSY)
        {
            Check(code);
        }

        return code == raw.SQLITE_OK;
    }

    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw new SqliteException(code, raw.sqlite3_errmsg(database).utf8_to_string());
        }
    }

    protected override Statement NewStatement(string sql)
    {
        Check(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle));
        return new SqliteStatement(this, handle);
    }

    protected override void Close() => database.Dispose();

    private sealed class Overwriting : IDisposable
    {
        private readonly SqliteConnection connection;

        public Overwriting(SqliteConnection connection)
        {
            this.connection = connection;
            Set("PRAGMA secure_delete = ON");
        }

        public void Dispose() => Set("PRAGMA secure_delete = FAST");

        // The pragma answers with a row: prepared once, it costs microseconds.
        private void Set(string pragma)
        {
            using var statement = connection.Prepare(pragma);
            statement.Step();
        }
    }
}
