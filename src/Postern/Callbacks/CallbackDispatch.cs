using Postern.Faults;
using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>Takes what the hub hands out and puts each callback into the lane of its endpoint.</summary>
internal sealed class CallbackDispatch(IHub hub, StoreRetry retry, SubscriptionDirectory directory, Lanes lanes)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        await foreach (var batch in hub.ConsumeAsync(cancellation))
        {
            CrashPoint.Reach(CrashPoints.DispatchAfterTake);
            for (var index = 0; index < batch.Count; index++)
            {
                lanes.Enqueue(await EndpointAsync(batch[index].Subscription, cancellation), batch[index]);
            }

            CrashPoint.Reach(CrashPoints.DispatchAfterEnqueue);
        }
    }

    private async ValueTask<string> EndpointAsync(long number, CancellationToken cancellation)
    {
        try
        {
            var subscription = await retry.RunAsync(
                "read a subscription", static (ask, stop) => ask.directory.RentAsync(ask.number, stop), (directory, number), cancellation);
            var endpoint = subscription.Current is { } current && !subscription.IsRemoved ? current.Endpoint : Lanes.Nowhere;
            subscription.Return();
            return endpoint;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // One subscription that cannot be read must not stop the others: the worker meets the same error and postpones the callback.
            return Lanes.Nowhere;
        }
    }
}
