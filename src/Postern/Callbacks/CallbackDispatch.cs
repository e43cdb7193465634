using Postern.Callbacks.Lanes;
using Postern.Faults;
using Postern.Model;
using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>Takes what the hub hands out and puts each callback into the lane of its endpoint.</summary>
internal sealed class CallbackDispatch(IHub hub, StoreRetry retry, SubscriptionDirectory directory, EndpointLanes lanes)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        await foreach (var batch in hub.ConsumeAsync(cancellation))
        {
            CrashPoint.Reach(CrashPoints.DispatchAfterTake);
            for (var index = 0; index < batch.Count; index++)
            {
                var (endpoint, queue, consumer) = await PlaceAsync(batch[index].Subscription, cancellation);
                lanes.Enqueue(endpoint, queue, consumer, batch[index]);
                await lanes.Deferrals.WaitAsync(cancellation);
            }

            CrashPoint.Reach(CrashPoints.DispatchAfterEnqueue);
        }
    }

    private async ValueTask<(string Endpoint, int Queue, string Consumer)> PlaceAsync(long number, CancellationToken cancellation)
    {
        try
        {
            var subscription = await retry.RunAsync(
                "read a subscription", static (ask, stop) => ask.directory.RentAsync(ask.number, stop), (directory, number), cancellation);
            var place = subscription.Current is { } current && !subscription.IsRemoved
                ? (current.Endpoint, current.Queue, current.Consumer)
                : (EndpointLanes.Nowhere, 0, "");
            subscription.Return();
            return place;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // One subscription that cannot be read must not stop the others: the worker meets the same error and postpones the callback.
            return (EndpointLanes.Nowhere, 0, "");
        }
    }
}
