using Microsoft.Extensions.Logging;
using Postern.Faults;
using Postern.Monitoring;
using Postern.Ports;

namespace Postern.Leading;

/// <summary>Gives the hub again what the store has handed out: when this node begins to lead, and after a loss of the hub's own.</summary>
internal sealed class HubRebuild(IStore store, IHub hub, StoreRetry retry, TimeProvider time, PosternMeter meter, ILogger<HubRebuild> logger)
{
    private const int Page = 10_000;

    /// <summary>A hub that has just failed is not asked again at once.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// At start, before anything else publishes: what is handed out then is what nobody works on. A hub that is away is rebuilt when it is there.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        if (hub.TryBeginRebuild())
        {
            await RunAsync(cancellation);
        }
        else
        {
            logger.HubAway(hub.Outage?.Reason ?? "It does not take callbacks yet.");
        }
    }

    /// <summary>After the start, as often as the hub may have lost something.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await hub.WaitForRebuildAsync(cancellation);
            if (hub.TryBeginRebuild() && !await RunAsync(cancellation))
            {
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }

    /// <returns>False: the hub went away meanwhile.</returns>
    private async Task<bool> RunAsync(CancellationToken cancellation)
    {
#if BROKEN
        if (Broken.DoesNotRebuild)
        {
            return true;
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

            if (!await hub.PublishAgainAsync(page, cancellation))
            {
                logger.RebuildInterrupted(total);
                return false;
            }

            after = page[^1].Id;
            total += page.Count;
            CrashPoint.Reach(CrashPoints.RebuildBetweenPages);
        }

        CrashPoint.Reach(CrashPoints.RebuildAfter);
        meter.HubRebuilds.Add(1);
        logger.Rebuilt(total);
        return true;
    }
}
