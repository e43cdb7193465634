using Postern.Faults;
using Postern.Model;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql.Writing;

/// <summary>Commits what came of a callback, and appends its attempt.</summary>
internal sealed class RecordCallback(CallbackResult result, CancellationToken cancellation) : WriteOperation<DueCallback?>(cancellation)
{
    private readonly DueCallback callback = result.Callback;

    // An attempt counts for the schedule; a callback that was only parked has made none.
    private int Attempts => callback.Attempts + (result.Attempt is null ? 0 : 1);

    public override void Foresee(Foresight foresight)
    {
        if (callback.Queue == 0)
        {
            foresight.TakeFresh(callback.Id);
        }
    }

    protected override DueCallback? Change(WriteTransaction transaction)
    {
        // One that was moved while it failed stays as it is: what its old endpoint answered says nothing about the new one.
        var settled = OwedCallbacks.Take(transaction, callback)
            || (result is { Outcome: CallbackOutcome.Delivered, Attempt: not null } && OwedCallbacks.TakeMoved(transaction, callback));
        var released = settled ? Settle(transaction) : null;
        CrashPoint.Reach(CrashPoints.RecordAfterOutcome);

        // Of an event that was erased during the attempt nothing is kept.
        if (result.Attempt is { } attempt && (settled || EventRows.IsKept(transaction.Connection, callback.Event)))
        {
            Append(transaction, attempt);
        }

        RecordHealth.Apply(transaction, result);
        CrashPoint.Reach(CrashPoints.RecordAfterAttempt);
        return released;
    }

    /// <summary>Moves a callback that was in its place to where its outcome puts it. Another one was settled by another result: it stays as it is.</summary>
    private DueCallback? Settle(WriteTransaction transaction)
    {
        switch (result.Outcome)
        {
            case CallbackOutcome.Delivered or CallbackOutcome.Dropped:
                return End(transaction);
            case CallbackOutcome.RetryAt retry:
                return Wait(transaction, retry.Due);
            case CallbackOutcome.Parked:
                return Park(transaction);
            case CallbackOutcome.Dead dead:
                return Bury(transaction, dead.Reason);
            case CallbackOutcome.Gone:
                EndSubscription(transaction);
                return End(transaction);
            default:
                throw new InvalidOperationException($"There is no such outcome: {result.Outcome}.");
        }
    }

    private DueCallback? End(WriteTransaction transaction)
    {
        transaction.Counters.Pending--;
        return OrderedCallbacks.Release(transaction, callback);
    }

    private DueCallback? Wait(WriteTransaction transaction, DateTimeOffset due)
    {
        if (OwedCallbacks.Wait(transaction, callback, due, Attempts) is not { } queue)
        {
            return OrderedCallbacks.Release(transaction, callback);
        }

        if (result.Queue != 0 && result.Queue != queue)
        {
            OwedCallbacks.Tell(transaction, callback.Subscription);
        }

        return null;
    }

    /// <summary>The worker saw a paused subscription; what counts is what it is now, in this transaction.</summary>
    private DueCallback? Park(WriteTransaction transaction)
    {
        switch (SubscriptionRows.ReadState(transaction.Connection, callback.Subscription))
        {
            case SubscriptionState.Paused or SubscriptionState.Pending:
                OwedCallbacks.Keep(transaction, callback, CallbackState.Parked, Attempts, reason: null);
                return null;
            case SubscriptionState.Active:
                return Wait(transaction, transaction.Now);
            default:
                return End(transaction);
        }
    }

    private DueCallback? Bury(WriteTransaction transaction, string reason)
    {
        if (SubscriptionRows.ReadState(transaction.Connection, callback.Subscription) is null)
        {
            // Removed meanwhile: nobody could ever replay or remove it.
            return End(transaction);
        }

        OwedCallbacks.Keep(transaction, callback, CallbackState.Dead, Attempts, reason);
        return OrderedCallbacks.Release(transaction, callback);
    }

    private void EndSubscription(WriteTransaction transaction)
    {
        if (SubscriptionRows.Read(transaction.Connection, callback.Subscription) is { State: not SubscriptionState.Gone } current)
        {
            StoredSubscription.Update(transaction, current, current with
            {
                State = SubscriptionState.Gone,
                Reason = "Its receiver answered 410 Gone.",
            });
        }
    }

    private void Append(WriteTransaction transaction, Attempt attempt) =>
        transaction.Prepare(
            """
            INSERT INTO attempts (number, callback, ordinal, event, subscription, at, outcome, status, duration, error, address, response)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
            .Bind(++transaction.Counters.LastAttempt)
            .Bind(callback.Id)
            .Bind(callback.Attempts + 1)
            .Bind(callback.Event)
            .Bind(callback.Subscription)
            .Bind(attempt.At.UtcTicks)
            .Bind((int)attempt.Outcome)
            .Bind((long?)attempt.Status)
            .Bind(attempt.Duration.Ticks)
            .Bind(attempt.Error)
            .Bind(attempt.Address)
            .Bind(attempt.Response.Span)
            .Post();
}
