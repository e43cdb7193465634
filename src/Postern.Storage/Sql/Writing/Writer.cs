using Microsoft.Extensions.Logging;
using Postern.Faults;
using Postern.Ports;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Peers;
using Postern.Storage.Sql.Retention;

namespace Postern.Storage.Sql.Writing;

/// <summary>
/// The one thread that writes. Group commit: everything that queued while the last commit ran goes into the next one.
/// </summary>
internal sealed class Writer : IDisposable
{
    private readonly WriteQueue queue = new();
    private readonly NewlyOwed newlyOwed = new();
    private readonly SqlEngine engine;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly IWriterAudience audience;
    private readonly IPeers? peers;
    private readonly BatchRun batches;
    private readonly Thread thread;
    private Connection? connection;
    private StoreCounters committed;
    private string? fault;
    private Doubt? doubt;
    private volatile StoreStatistics statistics;

    public Writer(SqlEngine engine, TimeProvider time, ILogger logger, IWriterAudience audience)
    {
        (this.engine, this.time, this.logger, this.audience) = (engine, time, logger, audience);
        (batches, peers) = (new BatchRun(engine.Options.Name), engine.Peers);
        connection = Reopen();
        statistics = Describe();
        thread = new Thread(Loop) { IsBackground = true, Name = "postern store writer" };
        if (peers is not null)
        {
            peers.Nudged += queue.Wake;
        }
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

        Leave();
        doubt?.Fail($"The store was closed before {engine.Options.Name} could be asked whether this was stored.");
        connection?.Dispose();
    }

    private void Loop()
    {
        List<WriteOperation> spare = [];
        while (queue.Take(spare, fault is null ? Timeout.InfiniteTimeSpan : engine.Options.ProbeInterval) is { } batch)
        {
            // Without anything queued it was woken, or probes a store that failed.
            if (batch.Count > 0 || fault is not null || peers is null)
            {
                Commit(batch);
            }

            if (peers is { IsLookDue: true } && fault is null)
            {
                Look(peers);
            }

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
            lock (engine.Gate)
            {
                transaction = Write(batch);
            }
        }
#pragma warning disable CA1031 // Whatever went wrong, the waiters of this batch must hear that nothing of it was kept.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (exception is InDoubtException { Cause: var cause })
            {
                // Its waiters wait until it is known; it is asked at once, and then with every probe.
                Abort([], cause);
                if (batch.Count > 0)
                {
                    Commit([]);
                }
            }
            else if (!BatchRun.IsOfOperation(exception) || !TryRollback())
            {
                Abort(batch, exception);
            }
            else if (batch is [var only])
            {
                only.Fail(batches.Told(exception));
            }
            else
            {
                // One of them took the others with it: each by itself.
                foreach (var operation in batch)
                {
                    Commit([operation]);
                }
            }

            return;
        }

        peers?.Committed();
        committed = transaction.Counters;
        Recover();
        statistics = Describe();
        audience.Show(transaction.Effects, committed.LastSequence);
        CrashPoint.Reach(CrashPoints.WriterBeforeWaiters);
        CommittedBatch.Tell(batch);
        engine.Committed(connection!);
    }

    private WriteTransaction Write(List<WriteOperation> batch)
    {
        engine.ThrowIfUntrusted();
        if (connection is null)
        {
            connection = Reopen();
            if (doubt is { } last)
            {
                Resolve(last, connection);
            }
        }

        BatchRun.DropCancelled(batch);
        connection.Begin();
        CrashPoint.Reach(CrashPoints.WriterAfterBegin);
        if (peers is not null)
        {
            var news = peers.Lock(connection);
            if (news.Effects.Count > 0 || news.Counters != committed)
            {
                Learn(news);
            }
        }

        var transaction = new WriteTransaction(connection, committed, newlyOwed, time.GetUtcNow())
        {
            Foresight = Foresight.Of(batch, connection), HasPeers = peers is not null,
        };
        batches.Run(batch, transaction);
        // A batch of nothing is the probe of a failed store: it must write to know.
        if (transaction.Counters != committed || fault is not null)
        {
            CounterRow.Write(connection, transaction.Counters);
        }

        peers?.Tell(connection, transaction);
        CrashPoint.Reach(CrashPoints.WriterBeforeCommit);
#if BROKEN
        if (Broken.AcknowledgesBeforeCommit)
        {
            CommittedBatch.Tell(batch);
            Thread.Sleep(Broken.Gap);
        }
#endif
        try
        {
            connection.Commit();
        }
        catch (EngineException exception) when (engine.KnowsCommits)
        {
            doubt = new Doubt(connection, transaction, [.. batch]);
            throw new InDoubtException(exception);
        }

        CrashPoint.Reach(CrashPoints.WriterAfterCommit);
        // A checkpoint's sync that failed meanwhile may have taken this commit's error with it.
        engine.ThrowIfUntrusted();
        return transaction;
    }

    /// <summary>Shows what other nodes have committed, and what stands after it.</summary>
    private void Learn(News news)
    {
        committed = news.Counters;
        statistics = Describe();
        audience.Show(news.Effects, committed.LastSequence);
    }

    private void Look(IPeers others)
    {
        try
        {
            connection ??= Reopen();
            Learn(others.Look(connection));
            others.Looked(connection);
        }
#pragma warning disable CA1031 // Whatever went wrong, the next probe begins anew.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Abort([], exception);
        }
    }

    private void Leave()
    {
        try
        {
            if (connection is not null)
            {
                peers?.Leave(connection);
            }
        }
        catch (EngineException)
        {
            // The end of the session says the same.
        }
    }

    private bool TryRollback()
    {
        try
        {
            connection?.Rollback();
            return connection is not null;
        }
        catch (EngineException)
        {
            return false;
        }
    }

    /// <summary>What became of a commit whose answer was lost, on the session that was opened since: its waiters hear it now.</summary>
    private void Resolve(Doubt last, Connection reopened)
    {
        var isCommitted = engine.IsCommitted(reopened, last.Broken);
        doubt = null;
        if (isCommitted)
        {
            peers?.Committed();
            audience.Show(last.Transaction.Effects, last.Transaction.Counters.LastSequence);
            CommittedBatch.Tell([.. last.Batch]);
        }
        else
        {
            last.Fail($"Nothing was stored: {engine.Options.Name} was gone before the commit.");
        }
    }

    private Connection Reopen()
    {
        var opened = engine.OpenWriter();
        try
        {
            // The database decides: where a commit stands whose success was never heard of, its keys must not be given again.
            committed = CounterRow.Read(opened);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private void Abort(List<WriteOperation> batch, Exception exception)
    {
        // Closing rolls back. A new connection trusts nothing of what this one believed about the file.
        connection?.Dispose();
        connection = null;
        var why = exception.Message;
        if (exception is EngineException failure)
        {
            why = failure.Describe(engine.Options.Name);
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
        engine.Failed(exception);

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
            StorageLog.Recovered(logger, engine.Options.Name);
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
