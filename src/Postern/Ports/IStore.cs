using Postern.Model;

namespace Postern.Ports;

/// <summary>
/// Keeps everything durably: the one truth. One method that changes something is one committed operation; it returns
/// when the commit is on disk, and operations that come together share one commit.
/// </summary>
/// <remarks>
/// Every method throws <see cref="StoreUnavailableException"/> when the operation could not be made durable (disk full,
/// read-only, I/O error): nothing of it was kept, the caller may try again.
/// </remarks>
public partial interface IStore : IAsyncDisposable
{
    /// <summary>
    /// Called in commit order, after a subscription was committed and before the method that changed it returns, and
    /// before any event staged later is visible. The handler must be quick and must not throw.
    /// </summary>
    event Action<SubscriptionChange>? SubscriptionChanged;

    // Events

    /// <summary>Appends events to the log in one commit. An event whose <c>source</c> + <c>id</c> is there (or earlier in the list) is not stored again.</summary>
    ValueTask<IReadOnlyList<Staged>> StageAsync(IReadOnlyList<EventContent> events, CancellationToken cancellation);

    /// <summary>The events after a sequence, in order; empty when there are none. The newest come from memory.</summary>
    ValueTask<IReadOnlyList<Event>> ReadEventsAsync(long after, int limit, CancellationToken cancellation);

    /// <summary>Completes as soon as the log holds an event after this sequence.</summary>
    ValueTask WaitForEventsAsync(long after, CancellationToken cancellation);

    /// <summary>One event by its sequence, null when it is not kept any more. A recent one comes from memory, synchronously.</summary>
    ValueTask<Event?> ReadEventAsync(long sequence, CancellationToken cancellation);

    /// <summary>One event by the gateway's id.</summary>
    ValueTask<Event?> FindEventAsync(string id, CancellationToken cancellation);

    // Listener

    /// <summary>The sequence up to which events have been matched.</summary>
    ValueTask<long> ReadCursorAsync(CancellationToken cancellation);

    /// <summary>
    /// Adds the callbacks that matching made and moves the cursor, in one commit. Returns the callbacks, due now.
    /// Throws <see cref="InvalidOperationException"/> when the cursor is not at <paramref name="from"/>: someone else matched.
    /// </summary>
    ValueTask<IReadOnlyList<DueCallback>> CommitMatchesAsync(long from, long to, IReadOnlyList<Match> matches, CancellationToken cancellation);

    // Callbacks

    /// <summary>The callbacks the hub should have, by growing id: to rebuild it at start.</summary>
    ValueTask<IReadOnlyList<DueCallback>> ReadHandedOutAsync(long after, int limit, CancellationToken cancellation);

    /// <summary>
    /// Commits what came of a callback: removes, reschedules, parks or buries it, and appends its attempt. Returns the callback
    /// that was held behind it in order and is due now, for the hub; null when there is none.
    /// </summary>
    ValueTask<DueCallback?> RecordAsync(CallbackResult result, CancellationToken cancellation);

    /// <summary>
    /// Owes one dead callback again, due now or behind those still owed in its order; counts none when there is no such dead callback. Where several
    /// nodes have the store it waits in the backlog, and the one that leads is told: there is nothing for this node's hub.
    /// </summary>
    ValueTask<Revived> ReviveCallbackAsync(long id, CancellationToken cancellation);

    // Subscriptions

    /// <summary>
    /// Adds a subscription; returns it with its number and the sequence it starts after. Throws <see cref="ConsumerRemovedException"/> where its
    /// consumer must stand in the store and does not.
    /// </summary>
    /// <param name="ownerSince">When the consumer was made that must stand, and not another of its name since; null: nobody need stand there.</param>
    ValueTask<Subscription> AddSubscriptionAsync(Subscription subscription, DateTimeOffset? ownerSince, CancellationToken cancellation);

    /// <summary>
    /// Reads, changes and writes one subscription in one commit. <paramref name="change"/> must be pure; null from it leaves
    /// all as it is. When it becomes active, parked callbacks become due: the first of them in this commit, the others in commits soon after,
    /// each of which raises <see cref="SubscriptionChanged"/> again with the same version. When it gets another queue, what waits in the one
    /// it had follows in the same way, due now.
    /// Returns what stands afterwards; null when there is no such subscription.
    /// </summary>
    ValueTask<Subscription?> ChangeSubscriptionAsync(string id, Func<Subscription, Subscription?> change, CancellationToken cancellation);

    /// <summary>Removes subscriptions and the callbacks they are owed. Returns those that were there.</summary>
    ValueTask<IReadOnlyList<Subscription>> RemoveSubscriptionsAsync(IReadOnlyList<string> ids, CancellationToken cancellation);

    ValueTask<Subscription?> FindSubscriptionAsync(string id, CancellationToken cancellation);

    ValueTask<Subscription?> ReadSubscriptionAsync(long number, CancellationToken cancellation);

    /// <summary>Subscriptions by growing number.</summary>
    ValueTask<IReadOnlyList<Subscription>> ListSubscriptionsAsync(SubscriptionQuery query, CancellationToken cancellation);

    // Reading what happened

    /// <summary>Events, newest first.</summary>
    ValueTask<IReadOnlyList<Event>> ListEventsAsync(EventQuery query, CancellationToken cancellation);

    /// <summary>Callbacks that are owed or dead, place by place: with the hub, in the backlogs, held in order, parked or dead.</summary>
    ValueTask<CallbackPage> ListCallbacksAsync(CallbackQuery query, CancellationToken cancellation);

    /// <summary>Attempts, newest first.</summary>
    ValueTask<IReadOnlyList<AttemptEntry>> ListAttemptsAsync(AttemptQuery query, CancellationToken cancellation);

    /// <summary>Counters the store keeps; never counts rows.</summary>
    StoreStatistics Statistics { get; }
}
