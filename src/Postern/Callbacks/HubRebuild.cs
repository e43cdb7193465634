using Microsoft.Extensions.Logging;
using Postern.Faults;
using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>Gives the hub again what the store handed out before the last stop or crash.</summary>
internal sealed class HubRebuild(IStore store, IHub hub, StoreRetry retry, ILogger<HubRebuild> logger)
{
    private const int Page = 10_000;
    private const int QueuePage = 1_000;

    /// <summary>Runs before anything else publishes: what is handed out then is what nobody works on.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
#if BROKEN
        if (Broken.DoesNotRebuild)
        {
            return;
        }
#endif
        var (after, total) = (0L, 0L);
        while (true)
        {
            var page = await retry.RunAsync(
                "read the callbacks that were handed out", static (ask, stop) => ask.store.ReadHandedOutAsync(ask.after, Page, stop),
                (store, after), cancellation);
            if (page.Count == 0)
            {
                break;
            }

            await hub.PublishAsync(page, cancellation);
            after = page[^1].Id;
            total += page.Count;
            CrashPoint.Reach(CrashPoints.RebuildBetweenPages);
        }

        CrashPoint.Reach(CrashPoints.RebuildAfter);
        CallbacksLog.Rebuilt(logger, total);
    }

    /// <summary>Tells the lanes of every queue that has something on disk: a seek for each, however much is owed.</summary>
    public async Task ArmAsync(Action<QueueBacklog> arm, bool tell, CancellationToken cancellation)
    {
        var (after, total) = (0, 0L);
        while (true)
        {
            var page = await retry.RunAsync(
                "read the queues", static (ask, stop) => ask.store.ReadQueuesAsync(ask.after, QueuePage, stop), (store, after), cancellation);
            foreach (var queue in page)
            {
                arm(queue);
            }

            total += page.Count;
            if (page.Count < QueuePage)
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
