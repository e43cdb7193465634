using Postern.Model;

namespace Postern.Storage.Sql.Writing;

/// <summary>A change of the store that waits for a commit. It is run on the writer's thread.</summary>
internal abstract class WriteOperation(CancellationToken cancellation)
{
    /// <summary>Nobody waits for it any more. Looked at before it is run; after that it is committed.</summary>
    public bool IsCancelled => cancellation.IsCancellationRequested;

    /// <summary>On whose behalf it was asked for: taken where it is made, on the flow of the call.</summary>
    public CallOrigin? Origin { get; } = CallOrigin.Current;

    protected CancellationToken Cancellation => cancellation;

    /// <summary>It runs in a savepoint, because it may fail after it has changed something. The others check first.</summary>
    public virtual bool IsIsolated => false;

    /// <summary>Says what it will ask for, where that can be asked for many operations at once.</summary>
    public virtual void Foresee(Foresight foresight)
    {
    }

    /// <summary>Changes the store; run again only where nothing was kept of the first time. What it answers is given out after the commit.</summary>
    public abstract void Run(WriteTransaction transaction);

    /// <summary>It is on disk. Who waits for it goes on on this thread, which must not be the writer's.</summary>
    public abstract void Complete();

    /// <summary>Nothing of it was kept.</summary>
    public abstract void Fail(Exception exception);

    public abstract void Cancel();
}

/// <inheritdoc/>
internal abstract class WriteOperation<T>(CancellationToken cancellation) : WriteOperation(cancellation)
{
    // Its continuations run where it is completed: on the thread pool, many in one work item (CommittedBatch).
    private readonly TaskCompletionSource<T> completion = new();
    private T? answer;

    public Task<T> Completion => completion.Task;

    protected abstract T Change(WriteTransaction transaction);

    public sealed override void Run(WriteTransaction transaction) => answer = Change(transaction);

    public sealed override void Complete() => completion.TrySetResult(answer!);

    // Both are rare, and called on the writer's thread, where no continuation may run.
    public sealed override void Fail(Exception exception) =>
        ThreadPool.UnsafeQueueUserWorkItem(static failed => failed.completion.TrySetException(failed.exception), (completion, exception), preferLocal: false);

    public sealed override void Cancel() =>
        ThreadPool.UnsafeQueueUserWorkItem(static given => given.completion.TrySetCanceled(given.Cancellation), (completion, Cancellation), preferLocal: false);
}
