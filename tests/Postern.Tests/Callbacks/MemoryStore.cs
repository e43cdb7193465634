using System.Collections.Concurrent;
using Postern.Callbacks.Outcomes;
using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Callbacks;

/// <summary>The callbacks' side of a store, in memory, that can be made to fail.</summary>
internal sealed class MemoryStore(TimeProvider time) : StoreStub
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<long, (DueCallback Callback, DateTimeOffset? Due, bool Parked)> owed = [];
    private readonly ConcurrentDictionary<long, Event> events = new();
    private readonly ConcurrentDictionary<long, Subscription> subscriptions = new();
    private readonly List<(string Endpoint, string Consumer)> queues = [];
    private long lastSubscription;
    private long lastCallback;

    public override event Action<SubscriptionChange>? SubscriptionChanged;

    public override ValueTask<IReadOnlyList<FailingSubscription>> ListFailingAsync(long after, int limit, CancellationToken cancellation) => new([]);

    public ConcurrentQueue<CallbackResult> Results { get; } = new();

    /// <summary>Records that fail before they succeed again.</summary>
    public int FailRecords;

    /// <summary>Runs before a subscription is returned by a read, after it was read.</summary>
    public Func<Task>? WhileReading { get; set; }

    public int SubscriptionReads;

    public int Claims;

    public int Deferred;

    /// <summary>Runs before a result is recorded.</summary>
    public Func<Task>? BeforeRecord { get; set; }

    /// <summary>Runs when a result stands, before the worker hears of it.</summary>
    public Action? AfterRecord { get; set; }

    public int Owed
    {
        get
        {
            lock (gate)
            {
                return owed.Count;
            }
        }
    }

    public override bool Leads(Duty duty) => true;

    public override ValueTask LeadAsync(Duty duty, CancellationToken cancellation) => ValueTask.CompletedTask;

    public override StoreStatistics Statistics => new(0, 0, Owed, 0, subscriptions.Count, true, null);

    public Event Add(EventContent content)
    {
        var sequence = events.Count + 1;
        var added = new Event { Sequence = sequence, Id = EventId.Create(sequence), Staged = time.GetUtcNow(), Content = content };
        events[sequence] = added;
        return added;
    }

    public void Forget(Event @event) => events.TryRemove(@event.Sequence, out _);

    public Subscription Add(Subscription subscription)
    {
        var added = subscription with { Number = Interlocked.Increment(ref lastSubscription), Version = 1, Queue = QueueOf(subscription) };
        subscriptions[added.Number] = added;
        SubscriptionChanged?.Invoke(new SubscriptionChange(added, false, events.Count));
        return added;
    }

    public void Change(Subscription subscription, Func<Subscription, Subscription> change)
    {
        var changed = subscriptions[subscription.Number];
        changed = change(changed) with { Version = changed.Version + 1 };
        changed = changed with { Queue = QueueOf(changed) };
        subscriptions[changed.Number] = changed;
        lock (gate)
        {
            foreach (var (id, row) in owed.Where(row => row.Value.Parked && row.Value.Callback.Subscription == changed.Number).ToList())
            {
                owed[id] = Waiting(row.Callback, changed.Queue, time.GetUtcNow(), changed.State == SubscriptionState.Paused);
            }
        }

        SubscriptionChanged?.Invoke(new SubscriptionChange(changed, false, events.Count));
    }

    public void Remove(Subscription subscription)
    {
        if (subscriptions.TryRemove(subscription.Number, out var removed))
        {
            lock (gate)
            {
                foreach (var id in owed.Where(row => row.Value.Callback.Subscription == removed.Number).Select(row => row.Key).ToList())
                {
                    owed.Remove(id);
                }
            }

            SubscriptionChanged?.Invoke(new SubscriptionChange(removed, true, events.Count));
        }
    }

    /// <summary>Owes an event; handed out already, as what the listener makes is.</summary>
    public DueCallback Owe(Event @event, Subscription subscription, int attempts = 0, DateTimeOffset? since = null)
    {
        lock (gate)
        {
            var callback = new DueCallback(++lastCallback, @event.Sequence, subscription.Number, attempts) { Since = (since ?? time.GetUtcNow()).ToUnixTimeMilliseconds() };
            owed[callback.Id] = (callback, null, false);
            return callback;
        }
    }

    public override ValueTask<Event?> ReadEventAsync(long sequence, CancellationToken cancellation) => new(events.GetValueOrDefault(sequence));

    public override async ValueTask<Subscription?> ReadSubscriptionAsync(long number, CancellationToken cancellation)
    {
        Interlocked.Increment(ref SubscriptionReads);
        var read = subscriptions.GetValueOrDefault(number);
        if (WhileReading is { } wait)
        {
            await wait();
        }

        return read;
    }

    public override ValueTask<IReadOnlyList<DueCallback>> ReadHandedOutAsync(long after, int limit, CancellationToken cancellation)
    {
        lock (gate)
        {
            return new([.. owed.Values.Where(row => row is { Due: null, Parked: false } && row.Callback.Id > after).Take(limit).Select(row => row.Callback)]);
        }
    }

    public override ValueTask<IReadOnlyList<QueueBacklog>> ReadQueuesAsync(int after, int limit, CancellationToken cancellation)
    {
        lock (gate)
        {
            return new([.. owed.Values.Where(row => row is { Due: not null, Parked: false } && row.Callback.Queue > after)
                .GroupBy(row => row.Callback.Queue).OrderBy(queue => queue.Key).Take(limit)
                .Select(queue => new QueueBacklog(queue.Key, queues[queue.Key - 1].Endpoint, queues[queue.Key - 1].Consumer, queue.Min(row => row.Due)!.Value))]);
        }
    }

    public override ValueTask<Backlog> ReadBacklogAsync(int queue, DateTimeOffset now, DateTimeOffset latest, int limit, CancellationToken cancellation)
    {
        lock (gate)
        {
            Interlocked.Increment(ref Claims);
            var waiting = owed.Values.Where(row => row is { Due: not null, Parked: false } && row.Callback.Queue == queue)
                .OrderBy(row => row.Due).ThenBy(row => row.Callback.Id).ToList();
            var due = waiting.Where(row => row.Due <= now || row.Due > latest).Take(limit).ToList();
            return new(new Backlog([.. due.Select(row => row.Callback)], waiting.Except(due).FirstOrDefault().Due));
        }
    }

    public override ValueTask DeferAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation)
    {
        lock (gate)
        {
            foreach (var callback in callbacks)
            {
                if (owed.TryGetValue(callback.Id, out var row) && row is { Due: null, Parked: false })
                {
                    owed[callback.Id] = Waiting(row.Callback, callback.Queue, time.GetUtcNow(), parked: false);
                    Interlocked.Increment(ref Deferred);
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    public override async ValueTask<DueCallback?> RecordAsync(CallbackResult result, CancellationToken cancellation)
    {
        if (BeforeRecord is { } wait)
        {
            await wait();
        }

        if (Interlocked.Decrement(ref FailRecords) >= 0)
        {
            throw new StoreUnavailableException("disk full");
        }

        lock (gate)
        {
            var callback = result.Callback with { Attempts = result.Callback.Attempts + (result.Attempt is null ? 0 : 1) };
            switch (result.Outcome)
            {
                case CallbackOutcome.RetryAt again:
                    owed[callback.Id] = Waiting(callback, result.Queue, again.Due, parked: false);
                    break;
                case CallbackOutcome.Parked:
                    var paused = subscriptions[callback.Subscription].State == SubscriptionState.Paused;
                    owed[callback.Id] = Waiting(callback, result.Queue, time.GetUtcNow(), paused);
                    break;
                default:
                    owed.Remove(callback.Id);
                    break;
            }
        }

        Results.Enqueue(result);
        AfterRecord?.Invoke();
        return null;
    }

    // The key in the backlog is in milliseconds: what is due is not so before its millisecond.
    private (DueCallback Callback, DateTimeOffset? Due, bool Parked) Waiting(DueCallback callback, int queue, DateTimeOffset due, bool parked)
    {
        var number = queue != 0 ? queue : subscriptions.TryGetValue(callback.Subscription, out var subscription) ? subscription.Queue : 0;
        var key = due.ToUnixTimeMilliseconds();
        return (callback with { Queue = number, Due = key }, parked ? null : DateTimeOffset.FromUnixTimeMilliseconds(key), parked);
    }

    private int QueueOf(Subscription subscription)
    {
        lock (gate)
        {
            var name = (EndpointName.Of(new Uri(subscription.Callback)), subscription.Consumer);
            var index = queues.IndexOf(name);
            if (index < 0)
            {
                queues.Add(name);
                index = queues.Count - 1;
            }

            return index + 1;
        }
    }
}
