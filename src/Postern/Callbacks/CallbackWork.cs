using Microsoft.Extensions.Logging;
using Postern.Model;
using Postern.Monitoring;
using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>Everything that happens to one callback in its lane: look up, send, record.</summary>
internal sealed class CallbackWork(
    IStore store, IHub hub, StoreRetry retry, SubscriptionDirectory directory, CallbackSender sender, DueTimer timer, PosternMeter meter, ILogger<CallbackWork> logger)
{
    private static readonly TimeSpan Postponement = TimeSpan.FromMinutes(1);

    /// <param name="endpoint">The lane it stands in.</param>
    /// <param name="stopping">Ends waiting for the store; an attempt under way is not ended by it.</param>
    public async Task<LaneTurn> RunAsync(DueCallback callback, string endpoint, CancellationToken stopping)
    {
        try
        {
            var subscription = await retry.RunAsync(
                "read a subscription", static (ask, cancellation) => ask.directory.RentAsync(ask.Subscription, cancellation),
                (directory, callback.Subscription), stopping);
            try
            {
                return await RunAsync(callback, endpoint, subscription, stopping);
            }
            finally
            {
                subscription.Return();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The store has it as handed out: it is owed again after the next start.
            CallbacksLog.LeftForNextStart(logger, callback.Id, "The process is stopping.");
            return default;
        }
        catch (Exception exception)
        {
            // The lane must live on, and the callback must not wait for the next start.
            CallbacksLog.Unforeseen(logger, callback.Id, exception);
            return await PostponeAsync(callback, stopping);
        }
    }

    private async Task<LaneTurn> PostponeAsync(DueCallback callback, CancellationToken stopping)
    {
        try
        {
            await RecordAsync(new CallbackResult(callback, new CallbackOutcome.RetryAt(timer.In(Postponement)), null), stopping);
        }
        catch (Exception exception)
        {
            // Stopping, or a store that is beyond retrying: it has the callback as handed out.
            CallbacksLog.LeftForNextStart(logger, callback.Id, exception.Message);
        }

        return default;
    }

    private async Task<LaneTurn> RunAsync(DueCallback callback, string endpoint, SubscriptionEntry subscription, CancellationToken stopping)
    {
        var @event = await retry.RunAsync(
            "read an event", static (ask, cancellation) => ask.store.ReadEventAsync(ask.Event, cancellation), (store, callback.Event), stopping);
        while (true)
        {
            if (WithoutAttempt(subscription, @event) is { } outcome)
            {
                await RecordAsync(new CallbackResult(callback, outcome, null), stopping);
                if (outcome is CallbackOutcome.Dead dead)
                {
                    CallbacksLog.Dead(logger, callback.Id, dead.Reason);
                    meter.CallbacksUnsendable.Add(1);
                }

                if (outcome is CallbackOutcome.Parked && subscription.MaySend())
                {
                    // Resumed before it was parked: the store owes it again now, and nothing else will wake the timer for it.
                    timer.Arm(DateTimeOffset.MinValue);
                }

                // What is only struck off may be struck off many at a time.
                return new LaneTurn(endpoint == Lanes.Nowhere ? LaneSignal.Good : LaneSignal.None);
            }

            var current = subscription.Current!;
            if (current.Endpoint != endpoint)
            {
                return new LaneTurn(LaneSignal.None, MovedTo: current.Endpoint);
            }

            var sent = await sender.SendAsync(callback, @event!, current, subscription.MaySend);
            if (sent is not var (result, signal))
            {
                // Taken back before it was sent: the subscription has changed.
                continue;
            }

            await RecordAsync(result, stopping);
            Tell(result, current);
            Count(result, @event!);
            return new LaneTurn(signal, result.Attempt);
        }
    }

    /// <summary>What becomes of a callback that must not be sent now; null when it may.</summary>
    private static CallbackOutcome? WithoutAttempt(SubscriptionEntry subscription, Event? @event) => subscription switch
    {
        { IsRemoved: true } => CallbackOutcome.Dropped.Instance,
        _ when @event is null => new CallbackOutcome.Dead("The event is not kept any more."),
        _ when @event.IsDamaged => new CallbackOutcome.Dead("The event is damaged on disk."),
        { Current.State: SubscriptionState.Active } => null,
        { Current.State: SubscriptionState.Paused or SubscriptionState.Pending } => CallbackOutcome.Parked.Instance,
        _ => CallbackOutcome.Dropped.Instance,
    };

    // The worker waits for the commit before it takes the next callback: what was sent and is not recorded stays bounded by the windows.
    private async ValueTask RecordAsync(CallbackResult result, CancellationToken stopping)
    {
        var released = await retry.RunAsync(
            "record an attempt", static (ask, _) => ask.store.RecordAsync(ask.result, CancellationToken.None), (store, result), stopping);
        if (released is { } next)
        {
            await hub.PublishAsync([next], CancellationToken.None);
        }

        if (result.Outcome is CallbackOutcome.RetryAt again)
        {
            timer.Arm(again.Due);
        }
    }

    /// <summary>What ends something is told once; what is tried again is in the attempts.</summary>
    private void Tell(CallbackResult result, SubscriptionRuntime subscription)
    {
        switch (result.Outcome)
        {
            case CallbackOutcome.Dead dead:
                CallbacksLog.Dead(logger, result.Callback.Id, dead.Reason);
                break;
            case CallbackOutcome.Gone:
                CallbacksLog.Gone(logger, result.Callback.Id, subscription.Id);
                break;
        }
    }

    private void Count(CallbackResult result, Event @event)
    {
        var attempt = result.Attempt!;
        var outcome = new KeyValuePair<string, object?>("outcome", Label(attempt.Outcome));
        meter.Attempts.Add(1, outcome);
        meter.AttemptDuration.Record(attempt.Duration.TotalSeconds, outcome);
        if (attempt.Outcome == AttemptOutcome.Delivered && result.Callback.Attempts == 0)
        {
            meter.DeliveryLatency.Record((attempt.At + attempt.Duration - @event.Staged).TotalSeconds);
        }
    }

    private static string Label(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Delivered => "delivered",
        AttemptOutcome.Retry => "retry",
        AttemptOutcome.Dead => "dead",
        _ => "gone",
    };
}
