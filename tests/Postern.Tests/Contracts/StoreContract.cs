using System.Text;
using Microsoft.Extensions.Time.Testing;
using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

/// <summary>What every driver of <see cref="IStore"/> does. A driver's test class opens its store; the facts are in the parts of this class.</summary>
public abstract partial class StoreContract : IAsyncLifetime
{
    private IStore? store;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));

    protected IStore Store => store!;

    /// <summary>Opens the store of this test; again after it was closed.</summary>
    protected abstract ValueTask<IStore> OpenAsync();

    public async ValueTask InitializeAsync() => store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Store.DisposeAsync();
    }

    protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        store = await OpenAsync();
    }

    protected static EventContent Content(string type = "orders.created", string? producerId = null, string source = "/orders", string data = "{}") => new()
    {
        ProducerId = producerId,
        Source = source,
        Type = type,
        Subject = "42",
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        DataContentType = "application/json",
        Data = Encoding.UTF8.GetBytes(data),
    };

    protected static Subscription Wish(string consumer = "acme", string resource = "/orders", string? key = null, string callback = "https://example.com/hook") => new()
    {
        Id = SubscriptionId.Create(),
        Consumer = consumer,
        Resource = resource,
        Key = key,
        Callback = callback,
        Created = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(7),
        Secrets = [new SealedSecret(new byte[] { 1, 2, 3 }, null)],
    };

    protected async Task<Staged> StageAsync(EventContent? content = null) => (await Store.StageAsync([content ?? Content()], Cancellation))[0];

    protected async Task<Subscription> AddAsync(Subscription? subscription = null) =>
        await Store.AddSubscriptionAsync(subscription ?? Wish(), Cancellation);

    /// <summary>Stages one event and matches it with each subscription.</summary>
    protected async Task<IReadOnlyList<DueCallback>> OweAsync(params Subscription[] subscriptions)
    {
        var staged = await StageAsync();
        var matches = subscriptions.Select(subscription => new Match(staged.Sequence, subscription.Number)).ToArray();
        return await Store.CommitMatchesAsync(await Store.ReadCursorAsync(Cancellation), staged.Sequence, matches, Cancellation);
    }

    protected async Task RecordAsync(DueCallback callback, CallbackOutcome outcome, Attempt? attempt) =>
        await Store.RecordAsync(new CallbackResult(callback, outcome, attempt), Cancellation);

    protected async Task BuryAsync(DueCallback callback) =>
        await RecordAsync(callback, new CallbackOutcome.Dead("No more tries."), Try(AttemptOutcome.Dead));

    protected async Task<Subscription> PauseAsync(Subscription subscription) =>
        (await Store.ChangeSubscriptionAsync(subscription.Id, current => current with { State = SubscriptionState.Paused }, Cancellation))!;

    protected async Task<Subscription> ResumeAsync(Subscription subscription) =>
        (await Store.ChangeSubscriptionAsync(subscription.Id, current => current with { State = SubscriptionState.Active }, Cancellation))!;

    /// <summary>Owes a dead callback again. What is due is for the hub, or waits in the backlog where several nodes have the store.</summary>
    protected async Task<IReadOnlyList<DueCallback>> ReviveAsync(long id)
    {
        var revived = await Store.ReviveCallbackAsync(id, Cancellation);
        if (revived.Count == 0 || revived.Due.Count > 0)
        {
            return revived.Due;
        }

        var waiting = new List<DueCallback>();
        foreach (var queue in await Store.ReadQueuesAsync(0, 100, Cancellation))
        {
            waiting.AddRange((await Store.ReadBacklogAsync(queue.Queue, Time.GetUtcNow(), Time.GetUtcNow(), 1000, Cancellation)).Callbacks.Where(callback => callback.Id == id));
        }

        return waiting;
    }

    protected async Task<IReadOnlyList<DueCallback>> HandedOutAsync() => await Store.ReadHandedOutAsync(0, 1000, Cancellation);

    /// <summary>What is due in all backlogs, queue by queue.</summary>
    protected async Task<IReadOnlyList<DueCallback>> DueAsync(DateTimeOffset? now = null)
    {
        var due = new List<DueCallback>();
        foreach (var queue in await Store.ReadQueuesAsync(0, 1000, Cancellation))
        {
            due.AddRange((await Store.ReadBacklogAsync(queue.Queue, now ?? Time.GetUtcNow(), DateTimeOffset.MaxValue, 10_000, Cancellation)).Callbacks);
        }

        return due;
    }

    /// <summary>A fresh callback as it stands in the backlog of its subscription.</summary>
    protected static DueCallback Waiting(DueCallback fresh, Subscription subscription, DateTimeOffset due) =>
        fresh with { Queue = subscription.Queue, Due = due.ToUnixTimeMilliseconds() };

    protected async Task<IReadOnlyList<Callback>> CallbacksAsync(CallbackState? state = null) =>
        (await Store.ListCallbacksAsync(new CallbackQuery { State = state }, Cancellation)).Callbacks;

    protected Attempt Try(AttemptOutcome outcome, int? status = 500) => new()
    {
        At = Time.GetUtcNow().AddTicks(3),
        Outcome = outcome,
        Status = status,
        Duration = TimeSpan.FromTicks(12345),
        Error = outcome == AttemptOutcome.Delivered ? null : "The receiver answered 500.",
        Address = "192.0.2.1:443",
        Response = Encoding.UTF8.GetBytes("no"),
    };
}
