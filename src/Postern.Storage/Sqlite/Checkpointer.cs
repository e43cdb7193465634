using Microsoft.Extensions.Logging;
using Postern.Faults;
using Postern.Ports;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Storage.Sqlite;

/// <summary>
/// Moves the write-ahead log into the database on its own connection and thread, so that no commit waits for it.
/// </summary>
/// <remarks>
/// A passive checkpoint runs beside the writer, and never ends while it goes on writing: behind a limit the writer is held
/// for the short rest, and the log starts over. A writer that is faster than the disk under the database waits at twice the limit.
/// </remarks>
internal sealed class Checkpointer : IDisposable
{
    // A reader that takes its time keeps the log from starting over: the writer goes on slowly, it does not stop.
    private static readonly TimeSpan WriterPatience = TimeSpan.FromSeconds(1);

    private readonly AutoResetEvent wanted = new(initialState: false);
    private readonly AutoResetEvent done = new(initialState: false);
    private readonly SqliteOptions options;
    private readonly ILogger logger;
    private readonly SyncFaults syncFaults;
    private readonly Thread thread;
    private readonly int pageSize;
    private SqliteConnection? connection;
    private long waiting;
    private long logBytes;
    private volatile bool closed;
    private bool failing;

    public Checkpointer(SqliteOptions options, ILogger logger, SyncFaults syncFaults)
    {
        (this.options, this.logger, this.syncFaults) = (options, logger, syncFaults);
        connection = Open();
        pageSize = (int)connection.ReadNumber("PRAGMA page_size");
        thread = new Thread(Loop) { IsBackground = true, Name = "postern store checkpoints" };
    }

    /// <summary>Held by the writer during a transaction, and by a checkpoint that restarts the log: nobody spins on SQLite's lock.</summary>
    public Lock Gate { get; } = new();

    public void Start() => thread.Start();

    /// <summary>Called by the writer after each commit with the pages it wrote.</summary>
    public void Committed(int pages)
    {
        waiting += (long)pages * pageSize;
        var log = Interlocked.Add(ref logBytes, (long)pages * pageSize);
        if (waiting >= options.CheckpointBytes)
        {
            waiting = 0;
            Request();
        }

        if (log >= 2 * options.LogLimitBytes)
        {
            done.Reset();
            Request();
            done.WaitOne(WriterPatience);
        }
    }

    public void Request() => wanted.Set();

    /// <summary>
    /// Moves the whole log into the file and cuts it to nothing, so that nothing of what was overwritten is left in it. Returns false while a
    /// reader is in the way: try again. The writer is held for the short rest only.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The disk does not take it.</exception>
    public bool TryTruncateLog()
    {
        try
        {
            using var own = Open();
            syncFaults.ThrowIfAny();
            own.Checkpoint();
            lock (Gate)
            {
                syncFaults.ThrowIfAny();
                if (!own.TryTruncateLog())
                {
                    return false;
                }

                Interlocked.Exchange(ref logBytes, 0);
                return true;
            }
        }
        catch (SqliteException exception)
        {
            syncFaults.Report(exception);
            throw new StoreUnavailableException($"The write-ahead log cannot be moved into the file: {exception.Describe(options.Path)}.", exception);
        }
    }

    public void Dispose()
    {
        closed = true;
        wanted.Set();
        if (thread.IsAlive)
        {
            thread.Join();
        }

        if (!syncFaults.Any)
        {
            connection?.MoveLogOnClose();
        }

        connection?.Dispose();
        wanted.Dispose();
        done.Dispose();
    }

    private void Loop()
    {
        while (true)
        {
            wanted.WaitOne();
            if (closed || syncFaults.Any)
            {
                return;
            }

            try
            {
                connection ??= Open();
                CrashPoint.Reach(CrashPoints.CheckpointBefore);
                Checkpoint(connection);
                CrashPoint.Reach(CrashPoints.CheckpointAfter);
                failing = false;
            }
            catch (SqliteException exception)
            {
                // Nothing is lost: the log keeps what could not be moved, and the next checkpoint moves it.
                connection?.Dispose();
                connection = null;
                syncFaults.Report(exception);
                if (!failing && !syncFaults.Any)
                {
                    StorageLog.CheckpointFailed(logger, exception.Describe(options.Path));
                }

                failing = true;
            }

            done.Set();
        }
    }

    private void Checkpoint(SqliteConnection open)
    {
        var log = (long)open.Checkpoint() * pageSize;
        Interlocked.Exchange(ref logBytes, log);
        if (log >= options.LogLimitBytes)
        {
            lock (Gate)
            {
                if (open.TryRestartLog())
                {
                    Interlocked.Exchange(ref logBytes, 0);
                }
            }
        }
    }

    // A short patience: the writer waits as long as a restart waits for a reader.
    private SqliteConnection Open() => SqliteConnection.Open(options, cacheKilobytes: 1024, busyTimeout: TimeSpan.FromMilliseconds(100));
}
