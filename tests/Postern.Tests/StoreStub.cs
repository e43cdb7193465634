using Postern.Model;
using Postern.Ports;

namespace Postern.Tests;

/// <summary>A store of which a test gives the methods it needs; every other call fails.</summary>
internal abstract class StoreStub : IStore
{
    public virtual event Action<SubscriptionChange>? SubscriptionChanged
    {
        add { }
        remove { }
    }

    public virtual StoreStatistics Statistics { get => throw NotCalled(); set => throw NotCalled(); }

    public virtual ValueTask<IReadOnlyList<Staged>> StageAsync(IReadOnlyList<EventContent> events, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<Event>> ReadEventsAsync(long after, int limit, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask WaitForEventsAsync(long after, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Event?> ReadEventAsync(long sequence, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Event?> FindEventAsync(string id, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<long> ReadCursorAsync(CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<DueCallback>> CommitMatchesAsync(long from, long to, IReadOnlyList<Match> matches, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<DueCallback>> ReadHandedOutAsync(long after, int limit, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<DueCallback?> RecordAsync(CallbackResult result, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Revived> ReviveAsync(long subscription, int limit, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Revived> ReviveCallbackAsync(long id, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<DueCallback>?> ReplayAsync(long subscription, IReadOnlyList<long> events, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Subscription> AddSubscriptionAsync(Subscription subscription, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Subscription?> ChangeSubscriptionAsync(string id, Func<Subscription, Subscription?> change, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<Subscription>> RemoveSubscriptionsAsync(IReadOnlyList<string> ids, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Subscription?> FindSubscriptionAsync(string id, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Subscription?> ReadSubscriptionAsync(long number, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<Subscription>> ListSubscriptionsAsync(SubscriptionQuery query, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<Event>> ListEventsAsync(EventQuery query, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<CallbackPage> ListCallbacksAsync(CallbackQuery query, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<AttemptEntry>> ListAttemptsAsync(AttemptQuery query, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Callback?> FindDeadAsync(long id, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<OwedCount> CountOwedAsync(long subscription, int queue, int most, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<QueueBacklog>> ReadQueuesAsync(int after, int limit, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Backlog> ReadBacklogAsync(int queue, DateTimeOffset now, int limit, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask DeferAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static NotSupportedException NotCalled() => new("This test's store does not answer this call.");
}
