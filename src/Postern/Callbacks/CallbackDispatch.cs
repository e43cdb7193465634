using Postern.Callbacks.Lanes;
using Postern.Faults;
using Postern.Leading;
using Postern.Model;
using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>Takes what the hub hands out and puts each callback into the lane of its endpoint.</summary>
internal sealed class CallbackDispatch(IHub hub, HandedOut handedOut, StoreRetry retry, SubscriptionDirectory directory, EndpointLanes lanes)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        await foreach (var batch in hub.ConsumeAsync(cancellation))
        {
            CrashPoint.Reach(CrashPoints.DispatchAfterTake);
            var callbacks = await handedOut.TakeAsync(batch, cancellation);
            for (var index = 0; index < callbacks.Count; index++)
            {
                await EnqueueAsync(callbacks[index], cancellation);
                await lanes.Deferrals.WaitAsync(cancellation);
            }

            CrashPoint.Reach(CrashPoints.DispatchAfterEnqueue);
        }
    }

    private async ValueTask EnqueueAsync(DueCallback callback, CancellationToken cancellation)
    {
        SubscriptionEntry subscription;
        try
        {
            subscription = await retry.RunAsync(
                "read a subscription", static (ask, stop) => ask.directory.RentAsync(ask.Subscription, stop), (directory, callback.Subscription), cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // One subscription that cannot be read must not stop the others: the worker meets the same error and postpones the callback.
            lanes.Enqueue(EndpointLanes.Nowhere, 0, "", callback);
            return;
        }

        Enqueue(callback, subscription);
        subscription.Return();
    }

    private void Enqueue(in DueCallback callback, SubscriptionEntry subscription)
    {
        if (subscription.IsRemoved || subscription.Current is not { } current)
        {
            lanes.Enqueue(EndpointLanes.Nowhere, 0, "", callback);
            return;
        }

        lanes.Enqueue(current.Endpoint, current.Queue, current.Consumer, callback);
        if (subscription.Current is { } now && now.Queue != current.Queue)
        {
            // It has changed in between, and its old lane may have been cleared before this one came.
            lanes.Leave(current.Place, now.Place, callback.Subscription);
        }
    }
}
