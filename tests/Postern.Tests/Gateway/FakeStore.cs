using System.Collections.Concurrent;
using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Gateway;

/// <summary>A store that keeps staged events in memory and can be made to fail or to wait.</summary>
internal sealed class FakeStore : IStore
{
    private readonly ConcurrentQueue<EventContent> staged = new();

    public event Action<SubscriptionChange>? SubscriptionChanged
    {
        add { }
        remove { }
    }

    public IReadOnlyCollection<EventContent> Staged => staged;

    public bool Fails { get; set; }

    /// <summary>Staging waits for this.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Completes when something is to be staged.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StoreStatistics Statistics => throw new NotSupportedException();

    public async ValueTask<IReadOnlyList<Staged>> StageAsync(IReadOnlyList<EventContent> events, CancellationToken cancellation)
    {
        Asked.TrySetResult();
        await Gate;
        if (Fails)
        {
            throw new StoreUnavailableException("disk full at /secret/place");
        }

        foreach (var content in events)
        {
            staged.Enqueue(content);
        }

        return [.. events.Select((_, index) => new Staged(EventId.Create(index + 1), index + 1, false))];
    }

    public ValueTask<IReadOnlyList<Event>> ReadEventsAsync(long after, int limit, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask WaitForEventsAsync(long after, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<Event?> ReadEventAsync(long sequence, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<Event?> FindEventAsync(string id, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<long> ReadCursorAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<DueCallback>> CommitMatchesAsync(long from, long to, IReadOnlyList<Match> matches, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<DueCallback>> ReadHandedOutAsync(long after, int limit, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<Claim> ClaimDueAsync(DateTimeOffset now, int limit, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask RecordAsync(CallbackResult result, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<DueCallback>> ReviveAsync(long subscription, int limit, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<DueCallback?> ReviveCallbackAsync(long id, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<DueCallback>?> ReplayAsync(long subscription, IReadOnlyList<long> events, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<Subscription> AddSubscriptionAsync(Subscription subscription, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<Subscription?> ChangeSubscriptionAsync(string id, Func<Subscription, Subscription?> change, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Subscription>> RemoveSubscriptionsAsync(IReadOnlyList<string> ids, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<Subscription?> FindSubscriptionAsync(string id, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<Subscription?> ReadSubscriptionAsync(long number, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Subscription>> ListSubscriptionsAsync(SubscriptionQuery query, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Event>> ListEventsAsync(EventQuery query, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Callback>> ListCallbacksAsync(CallbackQuery query, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<AttemptEntry>> ListAttemptsAsync(AttemptQuery query, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
