using Microsoft.Extensions.Logging;
using Postern.Leading;
using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>Looks which queues have callbacks that wait on disk.</summary>
internal sealed class BacklogSurvey(IStore store, StoreRetry retry, ILogger<BacklogSurvey> logger)
{
    private const int Page = 1_000;

    /// <summary>Tells the lanes of every queue that has something on disk: a seek for each, however much is owed.</summary>
    public async Task ArmAsync(Action<QueueBacklog> arm, bool tell, CancellationToken cancellation)
    {
        var (after, total) = (0, 0L);
        while (true)
        {
            var page = await retry.RunAsync(
                "read the queues", static (ask, stop) => ask.store.ReadQueuesAsync(ask.after, Page, stop), (store, after), cancellation);
            foreach (var queue in page)
            {
                arm(queue);
            }

            total += page.Count;
            if (page.Count < Page)
            {
                break;
            }

            after = page[^1].Queue;
        }

        if (tell)
        {
            CallbacksLog.QueuesFound(logger, total);
        }
    }
}
