using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Monitoring;

/// <summary>What the admin API reads of a store, in lists. Everything else is not called by it.</summary>
internal sealed class FakeStore : StoreStub
{
    public List<Event> Events { get; } = [];
    public List<Subscription> Subscriptions { get; } = [];
    public List<Callback> Callbacks { get; } = [];
    public List<(AttemptEntry Entry, long Event, long Subscription)> Attempts { get; } = [];

    public bool Unavailable { get; set; }

    public override StoreStatistics Statistics { get; set; } = new(1200, 1190, 17, 3, 5, Healthy: true, Fault: null);

    public override ValueTask<Event?> FindEventAsync(string id, CancellationToken cancellation) =>
        Answer(Events.SingleOrDefault(stored => stored.Id == id));

    public override ValueTask<Subscription?> FindSubscriptionAsync(string id, CancellationToken cancellation) =>
        Answer(Subscriptions.SingleOrDefault(subscription => subscription.Id == id));

    public override ValueTask<IReadOnlyList<Event>> ListEventsAsync(EventQuery query, CancellationToken cancellation) => Answer<IReadOnlyList<Event>>(
        [.. Events.OrderByDescending(stored => stored.Sequence)
            .Where(stored => (query.Type ?? stored.Content.Type) == stored.Content.Type
                && (query.Source ?? stored.Content.Source) == stored.Content.Source
                && (query.Subject is null || query.Subject == stored.Content.Subject)
                && (query.Before is null || stored.Sequence < query.Before))
            .Take(query.Limit)]);

    public override ValueTask<IReadOnlyList<Subscription>> ListSubscriptionsAsync(SubscriptionQuery query, CancellationToken cancellation) => Answer<IReadOnlyList<Subscription>>(
        [.. Subscriptions.Where(subscription => subscription.Number > query.After
                && (query.Consumer ?? subscription.Consumer) == subscription.Consumer
                && (query.Resource ?? subscription.Resource) == subscription.Resource
                && (query.Callback ?? subscription.Callback) == subscription.Callback
                && (query.State ?? subscription.State) == subscription.State)
            .OrderBy(subscription => subscription.Number).Take(query.Limit)]);

    public override ValueTask<CallbackPage> ListCallbacksAsync(CallbackQuery query, CancellationToken cancellation)
    {
        var subscription = Subscriptions.SingleOrDefault(found => found.Number == query.Subscription);
        var found = Callbacks.Where(callback => callback.Id > (query.After?.First ?? 0)
                && (query.State ?? callback.State) == callback.State
                && (query.Subscription is null || callback.SubscriptionId == subscription?.Id))
            .OrderBy(callback => callback.Id).ToList();
        return Answer(new CallbackPage(
            [.. found.Take(query.Limit)], found.Count > query.Limit ? new CallbackCursor(1, found[query.Limit - 1].Id, 0, 0) : null));
    }

    public override ValueTask<Callback?> FindDeadAsync(long id, CancellationToken cancellation) =>
        Answer(Callbacks.SingleOrDefault(callback => callback.Id == id && callback.State == CallbackState.Dead));

    public override ValueTask<IReadOnlyList<AttemptEntry>> ListAttemptsAsync(AttemptQuery query, CancellationToken cancellation) => Answer<IReadOnlyList<AttemptEntry>>(
        [.. Attempts.Where(row => (query.Before is null || row.Entry.Attempt.Number < query.Before)
                && (query.Outcome ?? row.Entry.Attempt.Outcome) == row.Entry.Attempt.Outcome
                && (query.Event ?? row.Event) == row.Event
                && (query.Subscription ?? row.Subscription) == row.Subscription)
            .Select(row => row.Entry).OrderByDescending(entry => entry.Attempt.Number).Take(query.Limit)]);

    public override ValueTask<Revived> ReviveAsync(long subscription, int limit, CancellationToken cancellation)
    {
        var id = Subscriptions.Single(found => found.Number == subscription).Id;
        return Answer(ReviveAll(Callbacks.Where(callback => callback.State == CallbackState.Dead && callback.SubscriptionId == id).Take(limit)));
    }

    public override ValueTask<Revived> ReviveCallbackAsync(long id, CancellationToken cancellation) =>
        Answer(ReviveAll(Callbacks.Where(callback => callback.Id == id && callback.State == CallbackState.Dead)));

    private Revived ReviveAll(IEnumerable<Callback> dead)
    {
        DueCallback[] due = [.. dead.ToList().Select(Revive)];
        return new Revived(due.Length, due);
    }

    private DueCallback Revive(Callback dead)
    {
        Callbacks[Callbacks.IndexOf(dead)] = dead with { State = CallbackState.Pending };
        return new DueCallback(dead.Id, 1, 1, dead.Attempts);
    }

    private ValueTask<T> Answer<T>(T answer) =>
        Unavailable ? throw new StoreUnavailableException("database or disk is full") : ValueTask.FromResult(answer);
}
