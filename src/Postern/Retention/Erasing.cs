using Microsoft.Extensions.Logging;
using Postern.Faults;
using Postern.Ports;

namespace Postern.Retention;

/// <summary>Carries out the orders to erase, one after the other, at the pace of everything that is removed.</summary>
internal sealed class Erasing(IStore store, IHub hub, TimeProvider time, ILogger<Erasing> logger)
{
    // The listener catches up, or a long read ends.
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(200);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (await store.NextErasureAsync(cancellation) is { } erasure)
        {
            logger.ErasureBegins(erasure.Id);
            await EraseAsync(erasure.Id, cancellation);
        }
    }

    private async Task EraseAsync(string id, CancellationToken cancellation)
    {
        var limit = Pace.First;
        while (true)
        {
            CrashPoint.Reach(CrashPoints.EraseBeforeCommit);
            var step = await store.EraseAsync(id, limit, cancellation);
            CrashPoint.Reach(CrashPoints.EraseAfterCommit);

            // Committed by now: a stop must not keep them from the hub.
            await hub.PublishAsync(step.Released, CancellationToken.None);
            if (step.Erasure is { Finished: not null } report)
            {
                logger.Erased(id, report.Events, report.Callbacks, report.Attempts, report.Subscriptions, report.Answers);
                return;
            }

            limit = Pace.Next(limit, step.Held);
            await Task.Delay(step.Waits ? Wait : Pace.PauseAfter(step.Held), time, cancellation);
        }
    }
}
