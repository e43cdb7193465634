namespace Postern.Storage.Sqlite.Writing;

/// <summary>A change of the store that waits for a commit. It is run on the writer's thread.</summary>
internal abstract class WriteOperation(CancellationToken cancellation)
{
    /// <summary>Nobody waits for it any more. Looked at before it is run; after that it is committed.</summary>
    public bool IsCancelled => cancellation.IsCancellationRequested;

    protected CancellationToken Cancellation => cancellation;

    /// <summary>It runs in a savepoint, because it may fail after it has changed something. The others check first.</summary>
    public virtual bool IsIsolated => false;

    /// <summary>Changes the store. May be run only once; what it answers is given out after the commit.</summary>
    public abstract void Run(WriteTransaction transaction);

    /// <summary>It is on disk.</summary>
    public abstract void Complete();

    /// <summary>Nothing of it was kept.</summary>
    public abstract void Fail(Exception exception);

    public abstract void Cancel();
}

/// <inheritdoc/>
internal abstract class WriteOperation<T>(CancellationToken cancellation) : WriteOperation(cancellation)
{
    // Asynchronously: a continuation must not run on the writer's thread.
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? answer;

    public Task<T> Completion => completion.Task;

    protected abstract T Change(WriteTransaction transaction);

    public sealed override void Run(WriteTransaction transaction) => answer = Change(transaction);

    public sealed override void Complete() => completion.TrySetResult(answer!);

    public sealed override void Fail(Exception exception) => completion.TrySetException(exception);

    public sealed override void Cancel() => completion.TrySetCanceled(Cancellation);
}
