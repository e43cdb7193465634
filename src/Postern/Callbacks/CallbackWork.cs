using Microsoft.Extensions.Logging;
using Postern.Callbacks.Health;
using Postern.Callbacks.Lanes;
using Postern.Callbacks.Outcomes;
using Postern.Callbacks.Sending;
using Postern.Configuration;
using Postern.Faults;
using Postern.Leading;
using Postern.Model;
using Postern.Model.Retries;
using Postern.Monitoring;
using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>Everything that happens to one callback in its lane: look up, send, record.</summary>
internal sealed class CallbackWork(
    IStore store, StoreRetry retry, SubscriptionDirectory directory, UnderWay underWay, HandedOut handedOut, ReadGate gate, CallbackSender sender, SubscriptionHealth health,
    LiveConfiguration live, TimeProvider time, PosternMeter meter, ILogger<CallbackWork> logger)
{
    private static readonly TimeSpan Postponement = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    /// <param name="endpoint">The lane it stands in.</param>
    /// <param name="stopping">Ends waiting for the store; an attempt under way is not ended by it.</param>
    public async Task<LaneTurn> RunAsync(LaneJob job, string endpoint, CancellationToken stopping)
    {
        var callback = job.Callback;
        if (!underWay.TryBegin(callback))
        {
            // Where it is still owed after that, it is found in the backlog again.
            return new LaneTurn { Waits = Place(job.Queue, endpoint) with { Next = time.GetUtcNow() + LookAgain } };
        }

        var turn = default(LaneTurn);
        try
        {
            turn = await RunHereAsync(job, endpoint, stopping);
            return turn;
        }
        finally
        {
            underWay.End(callback, moved: turn.Attempt is { Outcome: AttemptOutcome.Delivered } && turn.Now is { } now && now.Queue != callback.Queue);
        }
    }

    private async Task<LaneTurn> RunHereAsync(LaneJob job, string endpoint, CancellationToken stopping)
    {
        var callback = job.Callback;
        try
        {
            var subscription = await retry.RunAsync(
                "read a subscription", static (ask, cancellation) => ask.directory.RentAsync(ask.Subscription, cancellation),
                (directory, callback.Subscription), stopping);
            try
            {
                return await RunAsync(job, endpoint, subscription, stopping);
            }
            finally
            {
                subscription.Return();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It is in its place in the store: owed again after the next start.
            CallbacksLog.LeftForNextStart(logger, callback.Id, "The process is stopping.");
            return default;
        }
        catch (Exception exception)
        {
            // The lane must live on, and the callback must not wait for the next start.
            CallbacksLog.Unforeseen(logger, callback.Id, exception);
            return await PostponeAsync(job, endpoint, stopping);
        }
    }

    private async Task<LaneTurn> PostponeAsync(LaneJob job, string endpoint, CancellationToken stopping)
    {
        var again = time.GetUtcNow() + Postponement;
        try
        {
            var outcome = new CallbackOutcome.RetryAt(again);
            return await RecordAsync(new CallbackResult(job.Callback, outcome, null) { Queue = job.Queue.Number }, Place(job.Queue, endpoint), stopping);
        }
        catch (Exception exception)
        {
            // Stopping, or a store that is beyond retrying. What is in a backlog is found there again; what is fresh, after the next start.
            handedOut.Forget(job.Callback.Id);
            CallbacksLog.LeftForNextStart(logger, job.Callback.Id, exception.Message);
            return job.Callback.Queue == 0 ? default : new LaneTurn { Waits = Place(job.Queue, endpoint) with { Next = again } };
        }
    }

    private async Task<LaneTurn> RunAsync(LaneJob job, string endpoint, SubscriptionEntry subscription, CancellationToken stopping)
    {
        var callback = job.Callback;
        var @event = await retry.RunAsync(
            "read an event", static (ask, cancellation) => ask.store.ReadEventAsync(ask.Event, cancellation), (store, callback.Event), stopping);
        while (true)
        {
            var place = subscription.Current?.Place ?? Place(job.Queue, endpoint);
            if (WithoutAttempt(subscription, @event, job) is { } outcome)
            {
                var result = new CallbackResult(callback, outcome, null) { Queue = place.Queue };
                var turn = outcome is CallbackOutcome.Dead && subscription.MaySend && @event is not null
                    ? await JudgeAndRecordAsync(result, subscription, @event, place, stopping)
                    : await RecordAsync(result, place, stopping);
                if (outcome is CallbackOutcome.Dead dead && @event is not { IsDamaged: false })
                {
                    CallbacksLog.Dead(logger, callback.Id, dead.Reason);
                    meter.CallbacksUnsendable.Add(1);
                }

                // Resumed before it was parked, the store owes it again now, whatever has become of the subscription since. A look at the
                // backlog meanwhile has passed it over, as it was still held here: the queue looks again.
                return outcome is CallbackOutcome.Parked ? turn with { Waits = place with { Next = time.GetUtcNow() } } : turn;
            }

            var current = subscription.Current!;
            if (current.Endpoint != endpoint)
            {
                // It goes elsewhere now: into the backlog of its new queue, without an attempt.
                var moved = new CallbackOutcome.RetryAt(time.GetUtcNow());
                return await RecordAsync(new CallbackResult(callback, moved, null) { Queue = current.Queue }, place, stopping);
            }

            if (await gate.WithholdAsync(callback, @event!, current) is { } withheld)
            {
                var result = withheld with { Queue = current.Queue };
                return withheld.Outcome is CallbackOutcome.Dead
                    ? await JudgeAndRecordAsync(result, subscription, @event!, place, stopping)
                    : await RecordAsync(result, place, stopping);
            }

#if BROKEN
            if (Broken.IsDoneBeforeSent)
            {
                await RecordAsync(new CallbackResult(callback, CallbackOutcome.Delivered.Instance, null), place, stopping);
            }
#endif
            var sent = await sender.SendAsync(callback, @event!, current);
            if (sent is not var (made, answer))
            {
                // Taken back before it was sent: the subscription has changed.
                continue;
            }

            if (made.Outcome is CallbackOutcome.Delivered && answer.Signal == LaneSignal.Good)
            {
                job.Queue.Lane.Answered(job);
            }

            var late = made.Outcome is not CallbackOutcome.Delivered && subscription.Current!.Destination != current.Destination;
            var recorded = late
                ? await RecordLateAsync(made, subscription.Current!.Place, stopping)
                : await JudgeAndRecordAsync(made, subscription, @event!, place, stopping);
            if (!late)
            {
                Tell(made, current);
            }

            Count(made, @event!);
            return recorded with { Answer = answer, Attempt = made.Attempt, Now = subscription.Current?.Place };
        }
    }

    /// <summary>What becomes of a callback that must not be sent now; null when it may.</summary>
    private CallbackOutcome? WithoutAttempt(SubscriptionEntry subscription, Event? @event, in LaneJob job) => subscription switch
    {
        { IsRemoved: true } or { Current: null } => CallbackOutcome.Dropped.Instance,
        _ when @event is null => new CallbackOutcome.Dead("The event is not kept any more."),
        _ when @event.IsDamaged => new CallbackOutcome.Dead("The event is damaged on disk."),
        { Current: { State: SubscriptionState.Active } current } when job.Probe && IsTimeUp(current, job.Callback, @event) =>
            new CallbackOutcome.Dead("The endpoint was down until the time for its retries was up."),
        { Current.State: SubscriptionState.Active } => null,
        { Current.State: SubscriptionState.Paused or SubscriptionState.Pending } => CallbackOutcome.Parked.Instance,
        { Current.State: SubscriptionState.Disabled } => new CallbackOutcome.Dead("Its subscription was disabled before it was sent."),
        _ => CallbackOutcome.Dropped.Instance,
    };

    // Its last attempt is due when its time is up, and stands behind the pause of the breaker: later than that, it was not to be made.
    private bool IsTimeUp(SubscriptionRuntime subscription, in DueCallback callback, Event @event) => RetryBudget.IsOver(
        RetryPolicies.Of(live.Current, subscription.Path, subscription.Retry), RetryBudget.Since(callback, @event.Staged), time.GetUtcNow() - LaneBreaker.LongestPause);

    /// <summary>It goes elsewhere now: what its old destination answered decides nothing.</summary>
    private ValueTask<LaneTurn> RecordLateAsync(CallbackResult made, QueueBacklog now, CancellationToken stopping) =>
        RecordAsync(made with { Outcome = new CallbackOutcome.RetryAt(time.GetUtcNow()), Queue = now.Queue }, now, stopping);

    /// <summary>What the result changes about the subscription's health, and what is announced of it, goes into its commit.</summary>
    private async ValueTask<LaneTurn> JudgeAndRecordAsync(
        CallbackResult result, SubscriptionEntry subscription, Event @event, QueueBacklog place, CancellationToken stopping)
    {
        using var judged = await health.JudgeAsync(result, subscription, @event);
        var turn = await RecordAsync(judged.Result, place, stopping);
        judged.Recorded();
        return turn;
    }

    // The worker waits for the commit before it takes the next callback: what was sent and is not recorded stays bounded by the windows.
    private async ValueTask<LaneTurn> RecordAsync(CallbackResult result, QueueBacklog place, CancellationToken stopping)
    {
        CallbackCrashPoints.BeforeCommit(result.Outcome);
        var released = await retry.RunAsync(
            "record an attempt", static (ask, _) => ask.store.RecordAsync(ask.result, CancellationToken.None), (store, result), stopping);
        CallbackCrashPoints.AfterCommit(result.Outcome);
        handedOut.Settle(result.Callback.Id);
        if (result.Outcome is CallbackOutcome.Dead)
        {
            meter.CallbacksBuried.Add(1);
        }

        return new LaneTurn
        {
            Released = released,
            Waits = result.Outcome is CallbackOutcome.RetryAt again ? place with { Next = again.Due } : null,
        };
    }

    private static QueueBacklog Place(LaneQueue queue, string endpoint) => new(queue.Number, endpoint, queue.Consumer, default);

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
        if (result.Attempt is not { } attempt)
        {
            meter.CallbacksPostponed.Add(1);
            return;
        }

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
