using Postern.Faults;
using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Writing;

/// <summary>Runs the operations that share a commit, and tells apart whose fault a failure is.</summary>
/// <param name="store">How messages call the store.</param>
internal sealed class BatchRun(string store)
{
    /// <summary>It is an operation's own, and not the database's.</summary>
    public static bool IsOfOperation(Exception exception) => exception is not EngineException { IsLogical: false };

    public static void DropCancelled(List<WriteOperation> batch) => batch.RemoveAll(static operation =>
    {
        if (operation.IsCancelled)
        {
            operation.Cancel();
            return true;
        }

        return false;
    });

    /// <summary>Takes those out of the batch that fail by their own fault.</summary>
    /// <exception cref="Exception">A failure that took others with it: nothing of the batch may be kept.</exception>
    public void Run(List<WriteOperation> batch, WriteTransaction transaction)
    {
        var (kept, index) = (0, 0);
        try
        {
            for (; index < batch.Count; index++)
            {
                if (Run(batch[index], transaction))
                {
                    batch[kept++] = batch[index];
                }
            }
        }
        finally
        {
            // Who was told that it failed is not run again, whatever becomes of the others.
            batch.RemoveRange(kept, index - kept);
        }

        transaction.Foresight?.ThrowIfLeft();
    }

    /// <summary>A failure as whoever waits for the operation hears it.</summary>
    public Exception Told(Exception exception) => exception is EngineException failure
        ? new StoreUnavailableException($"Nothing was stored: {failure.Describe(store)}.", failure)
        : exception;

    private bool Run(WriteOperation operation, WriteTransaction transaction)
    {
        if (operation.IsIsolated)
        {
            // What others have posted is theirs: were it refused within this one's savepoint, this one would be blamed for it.
            transaction.Connection.Flush();
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
        catch (Exception exception) when (IsOfOperation(exception) && (operation.IsIsolated || LeavesNothing(exception, transaction, changes)))
        {
            // Nothing of it stands in the transaction: the others of the batch go on.
            operation.Fail(Told(exception));
            return false;
        }
    }

    // A damaged row is our own finding: the database has not failed anything.
    private static bool LeavesNothing(Exception exception, WriteTransaction transaction, long changes) =>
        changes == transaction.Connection.TotalChanges && !(exception is EngineException and not DamagedRowException && transaction.Connection.FailsWhole);
}
