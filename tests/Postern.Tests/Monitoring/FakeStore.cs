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

    public List<Job> Jobs { get; } = [];
    public List<ErasureOrder> Orders { get; } = [];

    public Action? Ordered { get; set; }

    public bool Unavailable { get; set; }

    public bool IsLeader { get; set; } = true;

    public override bool Leads(Duty duty) => IsLeader;

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

    public override ValueTask<Revived> ReviveCallbackAsync(long id, CancellationToken cancellation)
    {
        DueCallback[] due = [.. Callbacks.Where(callback => callback.Id == id && callback.State == CallbackState.Dead).ToList().Select(Revive)];
        return Answer(new Revived(due.Length, due));
    }

    public override ValueTask<Job?> AddJobAsync(JobRequest request, CancellationToken cancellation)
    {
        var job = new Job { Number = Jobs.Count + 1, Id = JobId.Create(), Request = request, Created = Recorded.Noon };
        Jobs.Add(job);
        return Answer<Job?>(job);
    }

    public override ValueTask<Failing?> ReadFailingAsync(long subscription, CancellationToken cancellation) => Answer<Failing?>(null);

    public override ValueTask<OwedCount> CountOwedAsync(long subscription, int queue, int most, CancellationToken cancellation) => Answer(new OwedCount(0, true, null));

    public override ValueTask<Job?> ChangeJobAsync(string id, Func<Job, Job?> change, CancellationToken cancellation)
    {
        var index = Jobs.FindIndex(job => job.Id == id);
        return Answer(index < 0 ? null : Jobs[index] = change(Jobs[index]) ?? Jobs[index]);
    }

    public override ValueTask<Job?> FindJobAsync(string id, CancellationToken cancellation) => Answer(Jobs.SingleOrDefault(job => job.Id == id));

    public override ValueTask<IReadOnlyList<Job>> ListJobsAsync(JobQuery query, CancellationToken cancellation) => Answer<IReadOnlyList<Job>>(
        [.. Jobs.Where(job => (query.State ?? job.State) == job.State
                && (query.Subscription is null || query.Subscription == job.Request.Subscription?.Number)
                && (query.Before is null || job.Number < query.Before))
            .OrderByDescending(job => job.Number).Take(query.Limit)]);

    public List<AuditEntry> Audit { get; } = [];

    public override ValueTask AuditAsync(AuditTarget target, CancellationToken cancellation)
    {
        Audit.Add(new AuditEntry { Number = Audit.Count + 1, At = Recorded.Noon, Origin = CallOrigin.Current!, Target = target });
        return Unavailable ? throw new StoreUnavailableException("database or disk is full") : ValueTask.CompletedTask;
    }

    public override ValueTask<IReadOnlyList<AuditEntry>> ListAuditAsync(AuditQuery query, CancellationToken cancellation) => Answer<IReadOnlyList<AuditEntry>>(
        [.. Audit.Where(entry => (query.Actor ?? entry.Origin.Actor) == entry.Origin.Actor
                && (query.Action ?? entry.Origin.Action) == entry.Origin.Action
                && (query.Before is null || entry.Number < query.Before))
            .OrderByDescending(entry => entry.Number).Take(query.Limit)]);

    public override ValueTask<Erasure> OrderErasureAsync(ErasureOrder order, CancellationToken cancellation)
    {
        Ordered?.Invoke();
        Orders.Add(order);
        return Answer(Report($"ers_{Orders.Count}"));
    }

    public override ValueTask<Erasure?> FindErasureAsync(string id, CancellationToken cancellation) => Answer(id == "ers_9" ? null : Report(id));

    private static Erasure Report(string id) => new()
    {
        Id = id, Requested = DateTimeOffset.UnixEpoch, Events = 1, Callbacks = 2, Attempts = 3, Subscriptions = 4, Answers = 5,
    };

    private DueCallback Revive(Callback dead)
    {
        Callbacks[Callbacks.IndexOf(dead)] = dead with { State = CallbackState.Pending };
        return new DueCallback(dead.Id, 1, 1, dead.Attempts);
    }

    private ValueTask<T> Answer<T>(T answer) =>
        Unavailable ? throw new StoreUnavailableException("database or disk is full") : ValueTask.FromResult(answer);
}
