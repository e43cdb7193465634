using Microsoft.Extensions.Logging;
using Postern.Faults;
using Postern.Ports;
using Postern.Storage.Sql;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Storage.Sqlite;

/// <summary>One SQLite file, which one process has open.</summary>
internal sealed class SqliteEngine : SqlEngine
{
    private readonly SqliteOptions options;
    private readonly InstanceLock instance;
    private readonly SyncFaults syncFaults;
    private readonly Checkpointer checkpointer;

    private SqliteEngine(SqliteOptions options, ILogger logger, InstanceLock instance)
    {
        (this.options, this.instance) = (options, instance);
        syncFaults = new SyncFaults(options, logger);
        checkpointer = new Checkpointer(options, logger, syncFaults);
    }

    public override SqlStoreOptions Options => options;

    public override Lock Gate => checkpointer.Gate;

    /// <summary>Makes the file, or brings it to this version.</summary>
    /// <exception cref="StoreRefusedException">In use by another process, written by a newer version, not a store, or not writable.</exception>
    public static SqliteEngine Open(SqliteOptions options, ILogger logger)
    {
        MakeFolder(options.Path);
        var instance = InstanceLock.Take(options.Path);
        CrashPoint.Reach(CrashPoints.StartAfterLock);
        try
        {
            using (var connection = SqliteConnection.OpenForWriting(options))
            {
                Schema.Prepare(connection, options.Path);
            }

            return new SqliteEngine(options, logger, instance);
        }
        catch
        {
            instance.Dispose();
            throw;
        }
    }

    public override Connection OpenWriter() => SqliteConnection.OpenForWriting(options);

    public override Connection OpenReader() => SqliteConnection.OpenForReading(options);

    public override void Start() => checkpointer.Start();

    public override void ThrowIfUntrusted() => syncFaults.ThrowIfAny();

    public override void Committed(Connection connection) => checkpointer.Committed(((SqliteConnection)connection).TakePagesWritten());

    public override void Failed(Exception exception)
    {
        if (exception is SqliteException engine)
        {
            syncFaults.Report(engine);
        }

        checkpointer.Request();
    }

    /// <summary>With the log cut, nothing is left in it.</summary>
    public override bool TryForgetDeleted() => checkpointer.TryTruncateLog();

    public override long ReadUsed(Connection connection) =>
        (connection.ReadNumber("PRAGMA page_count") - connection.ReadNumber("PRAGMA freelist_count")) * connection.ReadNumber("PRAGMA page_size");

    /// <summary>Moves the write-ahead log into the file, and gives the lock back.</summary>
    public override void Dispose()
    {
        checkpointer.Dispose();
        instance.Dispose();
    }

    private static void MakeFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreRefusedException($"The folder of the store {path} cannot be made: {exception.Message}", exception);
        }
    }
}
