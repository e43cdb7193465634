using Postern.Faults;
using Postern.Model;
using Postern.Storage.Sqlite.Reading;

namespace Postern.Storage.Sqlite.Writing;

/// <summary>Commits what came of a callback, and appends its attempt.</summary>
internal sealed class RecordCallback(CallbackResult result, CancellationToken cancellation) : WriteOperation<DueCallback?>(cancellation)
{
    private readonly DueCallback callback = result.Callback;

    // An attempt counts for the schedule; a callback that was only parked has made none.
    private int Attempts => callback.Attempts + (result.Attempt is null ? 0 : 1);

    protected override DueCallback? Change(WriteTransaction transaction)
    {
        switch (result.Outcome)
        {
            case CallbackOutcome.Delivered or CallbackOutcome.Dropped:
                OwedCallbacks.Remove(transaction, callback.Id);
                break;
            case CallbackOutcome.RetryAt retry:
                OwedCallbacks.Reschedule(transaction, callback.Id, retry.Due, Attempts);
                break;
            case CallbackOutcome.Parked:
                Park(transaction);
                break;
            case CallbackOutcome.Dead:
                Bury(transaction);
                break;
            case CallbackOutcome.Gone:
                OwedCallbacks.Remove(transaction, callback.Id);
                EndSubscription(transaction);
                break;
            default:
                throw new InvalidOperationException($"There is no such outcome: {result.Outcome}.");
        }

        CrashPoint.Reach(CrashPoints.RecordAfterOutcome);
        if (result.Attempt is { } attempt)
        {
            Append(transaction, attempt);
        }

        CrashPoint.Reach(CrashPoints.RecordAfterAttempt);

        return null;
    }

    /// <summary>The worker saw a paused subscription; what counts is what it is now, in this transaction.</summary>
    private void Park(WriteTransaction transaction)
    {
        switch (SubscriptionRows.ReadState(transaction.Connection, callback.Subscription))
        {
            case SubscriptionState.Paused or SubscriptionState.Pending:
                OwedCallbacks.Park(transaction, callback.Id, Attempts);
                break;
            case SubscriptionState.Active:
                OwedCallbacks.Reschedule(transaction, callback.Id, transaction.Now, Attempts);
                break;
            default:
                OwedCallbacks.Remove(transaction, callback.Id);
                break;
        }
    }

    private void Bury(WriteTransaction transaction)
    {
        if (SubscriptionRows.ReadState(transaction.Connection, callback.Subscription) is null)
        {
            // Removed meanwhile: nobody could ever replay or remove it.
            OwedCallbacks.Remove(transaction, callback.Id);
        }
        else
        {
            OwedCallbacks.Bury(transaction, callback.Id, Attempts);
        }
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
            .Run();
}
