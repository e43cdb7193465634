using System.Collections.Concurrent;
using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Subscriptions;

/// <summary>As much of a store as the subscription calls use, in memory and under one lock.</summary>
internal sealed class MemoryStore : IStore
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<long, Subscription> subscriptions = [];
    private readonly List<Event> events = [];

    public event Action<SubscriptionChange>? SubscriptionChanged;

    public IReadOnlyList<Event> Events => events;

    public List<AttemptEntry> Attempts { get; } = [];

    /// <summary>Dead callbacks by subscription.</summary>
    public ConcurrentDictionary<long, int> Dead { get; } = new();

    public bool Fails { get; set; }

    public StoreStatistics Statistics => new(events.Count, 0, 0, 0, subscriptions.Count, !Fails, null);

    public ValueTask<IReadOnlyList<Staged>> StageAsync(IReadOnlyList<EventContent> contents, CancellationToken cancellation)
    {
        lock (gate)
        {
            Check();
            var staged = new List<Staged>();
            foreach (var content in contents)
            {
                var sequence = events.Count + 1;
                events.Add(new Event { Sequence = sequence, Id = EventId.Create(sequence), Staged = content.Time, Content = content });
                staged.Add(new Staged(events[^1].Id, sequence, false));
            }

            return new(staged);
        }
    }

    public ValueTask<Event?> FindEventAsync(string id, CancellationToken cancellation) => new(events.Find(found => found.Id == id));

    public ValueTask<IReadOnlyList<DueCallback>> ReviveAsync(long subscription, int limit, CancellationToken cancellation)
    {
        var count = Math.Min(limit, Dead.GetValueOrDefault(subscription));
        Dead[subscription] = Dead.GetValueOrDefault(subscription) - count;
        return new([.. Enumerable.Range(1, count).Select(id => new DueCallback(id, 1, subscription, 0))]);
    }

    public ValueTask<IReadOnlyList<DueCallback>?> ReplayAsync(long subscription, IReadOnlyList<long> sequences, CancellationToken cancellation) =>
        new(subscriptions.ContainsKey(subscription) ? [.. sequences.Select(sequence => new DueCallback(sequence, sequence, subscription, 0))] : null);

    public ValueTask<Subscription> AddSubscriptionAsync(Subscription subscription, CancellationToken cancellation)
    {
        lock (gate)
        {
            Check();
            var added = subscription with { Number = subscriptions.Keys.LastOrDefault() + 1, After = events.Count, Version = 1 };
            subscriptions.Add(added.Number, added);
            SubscriptionChanged?.Invoke(new SubscriptionChange(added, false, events.Count));
            return new(added);
        }
    }

    public ValueTask<Subscription?> ChangeSubscriptionAsync(string id, Func<Subscription, Subscription?> change, CancellationToken cancellation)
    {
        lock (gate)
        {
            Check();
            if (Find(id) is not { } found)
            {
                return new((Subscription?)null);
            }

            if (change(found) is { } changed)
            {
                found = subscriptions[found.Number] = changed with { Version = found.Version + 1 };
            }

            return new(found);
        }
    }

    public ValueTask<IReadOnlyList<Subscription>> RemoveSubscriptionsAsync(IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        lock (gate)
        {
            Check();
            var removed = ids.Select(Find).OfType<Subscription>().ToList();
            removed.ForEach(subscription => subscriptions.Remove(subscription.Number));
            return new(removed);
        }
    }

    public ValueTask<Subscription?> FindSubscriptionAsync(string id, CancellationToken cancellation)
    {
        lock (gate)
        {
            return new(Find(id));
        }
    }

    public ValueTask<IReadOnlyList<Subscription>> ListSubscriptionsAsync(SubscriptionQuery query, CancellationToken cancellation)
    {
        lock (gate)
        {
            return new([.. subscriptions.Values
                .Where(found => found.Number > query.After
                    && (query.Consumer ?? found.Consumer) == found.Consumer
                    && (query.Resource ?? found.Resource) == found.Resource
                    && (query.Key ?? found.Key) == found.Key
                    && (query.Callback ?? found.Callback) == found.Callback)
                .Take(query.Limit)]);
        }
    }

    public ValueTask<IReadOnlyList<AttemptEntry>> ListAttemptsAsync(AttemptQuery query, CancellationToken cancellation) =>
        new([.. Attempts
            .Where(entry => (query.Before is null || entry.Attempt.Number < query.Before) && entry.SubscriptionId == subscriptions[query.Subscription!.Value].Id)
            .OrderByDescending(entry => entry.Attempt.Number)
            .Take(query.Limit)]);

    public ValueTask<Subscription?> ReadSubscriptionAsync(long number, CancellationToken cancellation) => throw Unused();

    public ValueTask<IReadOnlyList<Event>> ReadEventsAsync(long after, int limit, CancellationToken cancellation) => throw Unused();

    public ValueTask WaitForEventsAsync(long after, CancellationToken cancellation) => throw Unused();

    public ValueTask<Event?> ReadEventAsync(long sequence, CancellationToken cancellation) => throw Unused();

    public ValueTask<long> ReadCursorAsync(CancellationToken cancellation) => throw Unused();

    public ValueTask<IReadOnlyList<DueCallback>> CommitMatchesAsync(long from, long to, IReadOnlyList<Match> matches, CancellationToken cancellation) => throw Unused();

    public ValueTask<IReadOnlyList<DueCallback>> ReadHandedOutAsync(long after, int limit, CancellationToken cancellation) => throw Unused();

    public ValueTask<Claim> ClaimDueAsync(DateTimeOffset now, int limit, CancellationToken cancellation) => throw Unused();

    public ValueTask RecordAsync(CallbackResult result, CancellationToken cancellation) => throw Unused();

    public ValueTask<DueCallback?> ReviveCallbackAsync(long id, CancellationToken cancellation) => throw Unused();

    public ValueTask<IReadOnlyList<Event>> ListEventsAsync(EventQuery query, CancellationToken cancellation) => throw Unused();

    public ValueTask<IReadOnlyList<Callback>> ListCallbacksAsync(CallbackQuery query, CancellationToken cancellation) => throw Unused();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static NotSupportedException Unused() => new("No subscription call needs this.");

    private Subscription? Find(string id) => subscriptions.Values.FirstOrDefault(found => found.Id == id);

    private void Check()
    {
        if (Fails)
        {
            throw new StoreUnavailableException("The disk is full.");
        }
    }
}
