using Postern.Faults;

namespace Postern.Storage.Sql.Writing;

/// <summary>
/// Tells the waiters of one commit. A work item for each core takes them one after the other, and what they do next runs right
/// there: a work item for each waiter would be a wake-up of a sleeping thread for nearly each.
/// </summary>
internal sealed class CommittedBatch(WriteOperation[] operations) : IThreadPoolWorkItem
{
    private int next;

    public static void Tell(List<WriteOperation> operations)
    {
        var batch = new CommittedBatch([.. operations]);
        for (var items = Math.Min(operations.Count, Environment.ProcessorCount); items > 0; items--)
        {
            ThreadPool.UnsafeQueueUserWorkItem(batch, preferLocal: false);
        }
    }

    public void Execute()
    {
        for (var index = Interlocked.Increment(ref next); index <= operations.Length; index = Interlocked.Increment(ref next))
        {
            operations[index - 1].Complete();
            if (index < operations.Length)
            {
                CrashPoint.Reach(CrashPoints.WriterBetweenWaiters);
            }
            else
            {
                CrashPoint.Reach(CrashPoints.WriterAfterWaiters);
            }
        }
    }
}
