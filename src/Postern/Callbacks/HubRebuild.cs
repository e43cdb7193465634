using Microsoft.Extensions.Logging;
using Postern.Faults;
using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>Gives the hub again what the store handed out before the last stop or crash.</summary>
internal sealed class HubRebuild(IStore store, IHub hub, StoreRetry retry, ILogger<HubRebuild> logger)
{
    private const int Page = 10_000;

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
}
