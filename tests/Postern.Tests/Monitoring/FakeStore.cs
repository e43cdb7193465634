using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Monitoring;

/// <summary>What the admin API reads of a store, in lists. Everything else is not called by it.</summary>
internal sealed class FakeStore : IStore
{
    public List<Event> Events { get; } = [];
    public List<Subscription> Subscriptions { get; } = [];
    public List<Callback> Callbacks { get; } = [];
    public List<(AttemptEntry Entry, long Event, long Subscription)> Attempts { get; } = [];

    public bool Unavailable { get; set; }

    public StoreStatistics Statistics { get; set; } = new(1200, 1190, 17, 3, 5, Healthy: true, Fault: null);

    public event Action<SubscriptionChange>? SubscriptionChanged
    {
        add { }
        remove { }
    }

    public ValueTask<Event?> FindEventAsync(string id, CancellationToken cancellation) =>
        Answer(Events.SingleOrDefault(stored => stored.Id == id));

    public ValueTask<Subscription?> FindSubscriptionAsync(string id, CancellationToken cancellation) =>
        Answer(Subscriptions.SingleOrDefault(subscription => subscription.Id == id));

    public ValueTask<IReadOnlyList<Event>> ListEventsAsync(EventQuery query, CancellationToken cancellation) => Answer<IReadOnlyList<Event>>(
        [.. Events.OrderByDescending(stored => stored.Sequence)
            .Where(stored => (query.Type ?? stored.Content.Type) == stored.Content.Type
                && (query.Source ?? stored.Content.Source) == stored.Content.Source
                && (query.Subject is null || query.Subject == stored.Content.Subject)
                && (query.Before is null || stored.Sequence < query.Before))
            .Take(query.Limit)]);

    public ValueTask<IReadOnlyList<Subscription>> ListSubscriptionsAsync(SubscriptionQuery query, CancellationToken cancellation) => Answer<IReadOnlyList<Subscription>>(
        [.. Subscriptions.Where(subscription => subscription.Number > query.After
                && (query.Consumer ?? subscription.Consumer) == subscription.Consumer
                && (query.Resource ?? subscription.Resource) == subscription.Resource
                && (query.Callback ?? subscription.Callback) == subscription.Callback
                && (query.State ?? subscription.State) == subscription.State)
            .OrderBy(subscription => subscription.Number).Take(query.Limit)]);

    public ValueTask<IReadOnlyList<Callback>> ListCallbacksAsync(CallbackQuery query, CancellationToken cancellation)
    {
        var subscription = Subscriptions.SingleOrDefault(found => found.Number == query.Subscription);
        return Answer<IReadOnlyList<Callback>>(
            [.. Callbacks.Where(callback => callback.Id > query.After
                    && (query.State ?? callback.State) == callback.State
                    && (query.Subscription is null || callback.SubscriptionId == subscription?.Id))
                .OrderBy(callback => callback.Id).Take(query.Limit)]);
    }

    public ValueTask<IReadOnlyList<AttemptEntry>> ListAttemptsAsync(AttemptQuery query, CancellationToken cancellation) => Answer<IReadOnlyList<AttemptEntry>>(
        [.. Attempts.Where(row => (query.Before is null || row.Entry.Attempt.Number < query.Before)
                && (query.Outcome ?? row.Entry.Attempt.Outcome) == row.Entry.Attempt.Outcome
                && (query.Event ?? row.Event) == row.Event
                && (query.Subscription ?? row.Subscription) == row.Subscription)
            .Select(row => row.Entry).OrderByDescending(entry => entry.Attempt.Number).Take(query.Limit)]);

    public ValueTask<IReadOnlyList<DueCallback>> ReviveAsync(long subscription, int limit, CancellationToken cancellation)
    {
        var id = Subscriptions.Single(found => found.Number == subscription).Id;
        return Answer<IReadOnlyList<DueCallback>>(
            [.. Callbacks.Where(callback => callback.State == CallbackState.Dead && callback.SubscriptionId == id).Take(limit).ToList().Select(Revive)]);
    }

    public ValueTask<DueCallback?> ReviveCallbackAsync(long id, CancellationToken cancellation) => Answer<DueCallback?>(
        Callbacks.SingleOrDefault(callback => callback.Id == id && callback.State == CallbackState.Dead) is { } dead ? Revive(dead) : null);

    private DueCallback Revive(Callback dead)
    {
        Callbacks[Callbacks.IndexOf(dead)] = dead with { State = CallbackState.Pending };
        return new DueCallback(dead.Id, 1, 1, dead.Attempts);
    }

    private ValueTask<T> Answer<T>(T answer) =>
        Unavailable ? throw new StoreUnavailableException("database or disk is full") : ValueTask.FromResult(answer);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyList<Staged>> StageAsync(IReadOnlyList<EventContent> events, CancellationToken cancellation) => throw NotCalled();
    public ValueTask<IReadOnlyList<Event>> ReadEventsAsync(long after, int limit, CancellationToken cancellation) => throw NotCalled();
    public ValueTask WaitForEventsAsync(long after, CancellationToken cancellation) => throw NotCalled();
    public ValueTask<Event?> ReadEventAsync(long sequence, CancellationToken cancellation) => throw NotCalled();
    public ValueTask<long> ReadCursorAsync(CancellationToken cancellation) => throw NotCalled();
    public ValueTask<IReadOnlyList<DueCallback>> CommitMatchesAsync(long from, long to, IReadOnlyList<Match> matches, CancellationToken cancellation) => throw NotCalled();
    public ValueTask<IReadOnlyList<DueCallback>> ReadHandedOutAsync(long after, int limit, CancellationToken cancellation) => throw NotCalled();
    public ValueTask<Claim> ClaimDueAsync(DateTimeOffset now, int limit, CancellationToken cancellation) => throw NotCalled();
    public ValueTask RecordAsync(CallbackResult result, CancellationToken cancellation) => throw NotCalled();
    public ValueTask<IReadOnlyList<DueCallback>?> ReplayAsync(long subscription, IReadOnlyList<long> events, CancellationToken cancellation) => throw NotCalled();
    public ValueTask<Subscription> AddSubscriptionAsync(Subscription subscription, CancellationToken cancellation) => throw NotCalled();
    public ValueTask<Subscription?> ChangeSubscriptionAsync(string id, Func<Subscription, Subscription?> change, CancellationToken cancellation) => throw NotCalled();
    public ValueTask<IReadOnlyList<Subscription>> RemoveSubscriptionsAsync(IReadOnlyList<string> ids, CancellationToken cancellation) => throw NotCalled();
    public ValueTask<Subscription?> ReadSubscriptionAsync(long number, CancellationToken cancellation) => throw NotCalled();

    private static InvalidOperationException NotCalled() => new("The admin API does not call this.");
}
