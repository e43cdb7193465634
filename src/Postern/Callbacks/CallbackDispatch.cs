using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>Takes what the hub hands out and puts each callback into the lane of its endpoint.</summary>
internal sealed class CallbackDispatch(IHub hub, StoreRetry retry, SubscriptionDirectory directory, Lanes lanes)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        await foreach (var batch in hub.ConsumeAsync(cancellation))
        {
            for (var index = 0; index < batch.Count; index++)
            {
                var callback = batch[index];
                var subscription = await retry.RunAsync(
                    "read a subscription", static (ask, stop) => ask.directory.RentAsync(ask.Subscription, stop),
                    (directory, callback.Subscription), cancellation);
                lanes.Enqueue(subscription.Current is { } current && !subscription.IsRemoved ? current.Endpoint : Lanes.Nowhere, callback);
                subscription.Return();
            }
        }
    }
}
