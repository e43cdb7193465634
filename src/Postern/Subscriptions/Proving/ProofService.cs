using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Model;
using Postern.Ports;

namespace Postern.Subscriptions.Proving;

/// <summary>
/// Asks the receivers of pending subscriptions for their consent, and those of active ones again before it ends. What is to be asked
/// stands in the store: a crash forgets no question.
/// </summary>
internal sealed class ProofService(ProofStep step, IStore store, TimeProvider time, ILogger<ProofService> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private const int Page = 100;

    /// <summary>Questions under way at the same time, one to each queue.</summary>
    private const int AtATime = 32;

    private readonly AskedHosts hosts = new(time);

    // By queue; only the look touches it.
    private readonly Dictionary<int, Task> asking = [];

    // Where the last look was full: the queues behind it come first next time.
    private int from;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var period = new PeriodicTimer(Every, time);
        try
        {
            while (await period.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (StoreUnavailableException exception)
                {
                    logger.ProofsUnread(exception.Message);
                }
            }
        }
        finally
        {
            await Task.WhenAll(asking.Values);
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        foreach (var queue in asking.Where(static one => one.Value.IsCompleted).Select(static one => one.Key).ToList())
        {
            asking.Remove(queue);
        }

        IReadOnlyList<Subscription> page;
        do
        {
            page = await store.ListProofsDueAsync(time.GetUtcNow(), from, Page, stopping);
            foreach (var subscription in page)
            {
                if (asking.Count >= AtATime)
                {
                    return;
                }

                from = subscription.Queue;
                if (!asking.ContainsKey(subscription.Queue) && (!step.Asks(subscription) || hosts.TryTake(new Uri(subscription.Callback))))
                {
                    asking[subscription.Queue] = TakeAsync(subscription, stopping);
                }
            }
        }
        while (page.Count == Page);
        from = 0;
    }

    private async Task TakeAsync(Subscription subscription, CancellationToken stopping)
    {
        try
        {
            await step.RunAsync(subscription, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It is due in the store: asked after the next start.
        }
        catch (StoreUnavailableException exception)
        {
            logger.ProofsUnread(exception.Message);
        }
#pragma warning disable CA1031 // One that nobody foresaw must not end the questions of all.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.NotAsked(subscription.Id, exception);
        }
    }
}
