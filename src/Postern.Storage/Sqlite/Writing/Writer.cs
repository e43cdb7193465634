using System.Globalization;
using Microsoft.Extensions.Logging;
using Postern.Faults;
using Postern.Ports;
using Postern.Storage.Sqlite.Engine;
using Postern.Storage.Sqlite.Retention;

namespace Postern.Storage.Sqlite.Writing;

/// <summary>
/// The one thread that writes. Group commit: everything that queued while the last commit ran goes into the next one.
/// </summary>
internal sealed class Writer : IDisposable
{
    private readonly WriteQueue queue = new();
    private readonly NewlyOwed newlyOwed = new();
    private readonly SqliteOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Checkpointer checkpointer;
    private readonly SyncFaults syncFaults;
    private readonly IWriterAudience audience;
    private readonly Thread thread;
    private Connection? connection;
    private StoreCounters committed;
    private string? fault;
    private volatile StoreStatistics statistics;

    public Writer(
        SqliteOptions options, TimeProvider time, ILogger logger, Connection connection, Checkpointer checkpointer, SyncFaults syncFaults, IWriterAudience audience)
    {
        (this.options, this.time, this.logger) = (options, time, logger);
        (this.connection, this.checkpointer, this.syncFaults, this.audience) = (connection, checkpointer, syncFaults, audience);
        committed = CounterRow.Read(connection);
        statistics = Describe();
        thread = new Thread(Loop) { IsBackground = true, Name = "postern store writer" };
    }

    public StoreStatistics Statistics => statistics;

    public void Start() => thread.Start();

    public Task<T> WriteAsync<T>(WriteOperation<T> operation)
    {
        queue.Add(operation);
        return operation.Completion;
    }

    /// <summary>Commits what has been queued, and closes.</summary>
    public void Dispose()
    {
        queue.Close();
        if (thread.IsAlive)
        {
            thread.Join();
        }

        connection?.Dispose();
    }

    private void Loop()
    {
        List<WriteOperation> spare = [];
        while (queue.Take(spare, fault is null ? Timeout.InfiniteTimeSpan : options.ProbeInterval) is { } batch)
        {
            Commit(batch);
            batch.Clear();
            spare = batch;
        }
    }

    private void Commit(List<WriteOperation> batch)
    {
        WriteTransaction transaction;
        CrashPoint.Reach(CrashPoints.WriterBeforeBegin);
        try
        {
            lock (checkpointer.Gate)
            {
                transaction = Write(batch);
            }
        }
#pragma warning disable CA1031 // Whatever went wrong, the waiters of this batch must hear that nothing of it was kept.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Abort(batch, exception);
            return;
        }

        committed = transaction.Counters;
        Recover();
        statistics = Describe();
        audience.Show(transaction.Effects, committed.LastSequence);
        CrashPoint.Reach(CrashPoints.WriterBeforeWaiters);
        CommittedBatch.Tell(batch);
        checkpointer.Committed(connection!.TakePagesWritten());
    }

    private WriteTransaction Write(List<WriteOperation> batch)
    {
        syncFaults.ThrowIfAny();
        connection ??= Reopen();
        var transaction = new WriteTransaction(connection, committed, newlyOwed, time.GetUtcNow());
        connection.Prepare("BEGIN IMMEDIATE").Run();
        CrashPoint.Reach(CrashPoints.WriterAfterBegin);
        Run(batch, transaction);
        // A batch of nothing is the probe of a failed store: it must write to know.
        if (transaction.Counters != committed || fault is not null)
        {
            CounterRow.Write(connection, transaction.Counters);
        }

        CrashPoint.Reach(CrashPoints.WriterBeforeCommit);
#if BROKEN
        if (Broken.AcknowledgesBeforeCommit)
        {
            CommittedBatch.Tell(batch);
            Thread.Sleep(Broken.Gap);
        }
#endif
        connection.Prepare("COMMIT").Run();
        CrashPoint.Reach(CrashPoints.WriterAfterCommit);
        // A checkpoint's sync that failed meanwhile may have taken this commit's error with it.
        syncFaults.ThrowIfAny();
        return transaction;
    }

    /// <summary>Runs the operations; takes those out of the batch that fail by their own fault or are not wanted any more.</summary>
    private void Run(List<WriteOperation> batch, WriteTransaction transaction)
    {
        var kept = 0;
        for (var index = 0; index < batch.Count; index++)
        {
            if (Run(batch[index], transaction))
            {
                batch[kept++] = batch[index];
            }
        }

        batch.RemoveRange(kept, batch.Count - kept);
    }

    private bool Run(WriteOperation operation, WriteTransaction transaction)
    {
        if (operation.IsCancelled)
        {
            operation.Cancel();
            return false;
        }

        var changes = transaction.Connection.TotalChanges;
        transaction.Origin = operation.Origin;
        try
        {
            if (operation.IsIsolated)
            {
                transaction.RunIsolated(operation);
            }
            else
            {
                operation.Run(transaction);
            }

            CrashPoint.Reach(CrashPoints.WriterAfterOperation);
            return true;
        }
        catch (Exception exception) when (exception is not EngineException { IsLogical: false } && (operation.IsIsolated || changes == transaction.Connection.TotalChanges))
        {
            // Nothing of it stands in the transaction: the others of the batch go on.
            operation.Fail(exception is DamagedRowException damage
                ? new StoreUnavailableException($"Nothing was stored: {damage.Describe(options.Path)}.", damage)
                : exception);
            return false;
        }
    }

    private Connection Reopen()
    {
        var opened = OpenConnection(options);
        try
        {
            // The file decides: where a commit stands whose success was never heard of, its keys must not be given again.
            committed = CounterRow.Read(opened);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>A connection for writing. Its cache holds the inner pages of every index that is written to.</summary>
    public static Connection OpenConnection(SqliteOptions options)
    {
        var opened = Connection.Open(options, cacheKilobytes: 65_536, busyTimeout: TimeSpan.FromSeconds(5));
        // Where the log starts over, its file is cut to this size: a log that once had to grow gives its space back.
        opened.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA journal_size_limit = {options.LogLimitBytes}"));
        return opened;
    }

    private void Abort(List<WriteOperation> batch, Exception exception)
    {
        // Closing rolls back. A new connection trusts nothing of what this one believed about the file.
        connection?.Dispose();
        connection = null;
        var why = exception.Message;
        if (exception is EngineException engine)
        {
            syncFaults.Report(engine);
            why = engine.Describe(options.Path);
        }

        if (fault is null)
        {
            StorageLog.Failed(logger, why, exception);
        }
        else if (fault != why)
        {
            StorageLog.StillFailing(logger, why);
        }

        fault = why;
        statistics = Describe();
        checkpointer.Request();

        foreach (var operation in batch)
        {
            operation.Fail(new StoreUnavailableException($"Nothing was stored: {why}.", exception));
        }
    }

    private void Recover()
    {
        if (fault is not null)
        {
            fault = null;
            StorageLog.Recovered(logger, options.Path);
        }
    }

    private StoreStatistics Describe() => new(
        committed.LastSequence, committed.Cursor, committed.Pending, committed.Dead, committed.Subscriptions, fault is null, fault);
}

/// <summary>Who is shown what a commit brought, on the writer's thread, before its waiters go on.</summary>
internal interface IWriterAudience
{
    void Show(IReadOnlyList<object> effects, long last);
}
