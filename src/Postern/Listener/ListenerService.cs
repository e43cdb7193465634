using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Faults;
using Postern.Model;
using Postern.Monitoring;
using Postern.Ports;

namespace Postern.Listener;

/// <summary>
/// Follows the event log, finds the subscriptions that take each event, and commits the callbacks together with its own
/// place in the log: an event is matched exactly once, whenever the process ends. <see cref="StartAsync"/> returns when the
/// index stands: what changes after it holds from the event on that comes after it.
/// </summary>
internal sealed class ListenerService : BackgroundService
{
    private const int BatchEvents = 500;

    // A commit of more keeps the store's writer from everybody else; one event's matches are never split.
    private const int BatchMatches = 10_000;

    private const int Page = 500;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly IStore store;
    private readonly IHub hub;
    private readonly TimeProvider time;
    private readonly PosternMeter meter;
    private readonly ILogger<ListenerService> logger;
    private readonly SubscriptionIndex index;
    private readonly ChangeFeed feed = new();
    private readonly List<Match> matches = [];
    private long cursor;

    public ListenerService(IStore store, IHub hub, LiveConfiguration live, TimeProvider time, PosternMeter meter, ILogger<ListenerService> logger)
    {
        (this.store, this.hub, this.time, this.meter, this.logger) = (store, hub, time, meter, logger);
        index = new SubscriptionIndex((content, consumer) => EventAudience.MaySee(live.Current, content, consumer), OnFault);
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the subscriptions are read: what changes while they are read must not be missed.
        store.SubscriptionChanged += feed.Add;
        await LoadAsync(cancellationToken);
        CrashPoint.Reach(CrashPoints.ListenerAfterIndex);
        cursor = await PersistAsync(store.ReadCursorAsync, cancellationToken);
        ListenerLog.Started(logger, index.Count, cursor);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        store.SubscriptionChanged -= feed.Add;
        index.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await FollowAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            // A cursor moved by somebody else, or a fault of ours: the host stops too, which is louder than a gateway
            // that takes events and calls nobody back.
            ListenerLog.Stopped(logger, cursor, exception);
            throw;
        }
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        var after = 0L;
        while (await PersistAsync(token => store.ListSubscriptionsAsync(new SubscriptionQuery { After = after, Limit = Page }, token), cancellation)
            is { Count: > 0 } page)
        {
            foreach (var subscription in page)
            {
                Set(subscription, log: 0);
            }

            after = page[^1].Number;
        }
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        Task? events = null;
        Task? changes = null;
        while (true)
        {
            events ??= WaitForEventsAsync(cancellation);
            if (!events.IsCompleted)
            {
                // Changes are applied while nothing happens, too: a million of them must not wait for the next event.
                changes ??= feed.WaitAsync(cancellation).AsTask();
                await Task.WhenAny(events, changes);
            }

            if (changes is { IsCompleted: true })
            {
                await changes;
                changes = null;
                Apply(cursor + 1);
            }

            if (events.IsCompleted)
            {
                await events;
                events = null;
                await MatchBatchAsync(cancellation);
            }
        }
    }

    private async Task WaitForEventsAsync(CancellationToken cancellation) =>
        await PersistAsync(
            async token =>
            {
                await store.WaitForEventsAsync(cursor, token);
                return true;
            },
            cancellation);

    private async Task MatchBatchAsync(CancellationToken cancellation)
    {
        var events = await PersistAsync(token => store.ReadEventsAsync(cursor, BatchEvents, token), cancellation);
        CrashPoint.Reach(CrashPoints.ListenerAfterRead);
        if (events.Count == 0)
        {
            // The log ends behind the cursor's next event, but there is nothing to read: not a reason to spin.
            await Task.Delay(FirstWait, time, cancellation);
        }

        foreach (var @event in events)
        {
            // After the events were read: a change committed before one of them has been told by now.
            Apply(@event.Sequence);
            Match(index, @event);
            if (matches.Count >= BatchMatches || ReferenceEquals(@event, events[^1]))
            {
                await CommitAsync(@event.Sequence, cancellation);
            }
        }
    }

    /// <summary>Brings the index to where it holds for the event at <paramref name="sequence"/>.</summary>
    private void Apply(long sequence)
    {
        feed.Drain(index.Remove);
        while (feed.TryTake(sequence, out var change))
        {
            Set(change.Subscription, change.Log);
        }
    }

    private async Task CommitAsync(long to, CancellationToken cancellation)
    {
        var from = cursor;
        CrashPoint.Reach(CrashPoints.ListenerBeforeCommit);
#if BROKEN
        if (Broken.MovesCursorApart)
        {
            await PersistAsync(token => store.CommitMatchesAsync(from, to, [], token), cancellation);
            await Task.Delay(Broken.Gap, time, cancellation);
            from = to;
        }
#endif
        var callbacks = await PersistAsync(token => store.CommitMatchesAsync(from, to, matches, token), cancellation);
        CrashPoint.Reach(CrashPoints.ListenerAfterCommit);
        meter.EventsMatched.Add(to - from);
        meter.CallbacksMade.Add(callbacks.Count);
        cursor = to;
        matches.Clear();
        await hub.PublishAsync(callbacks, cancellation);
        CrashPoint.Reach(CrashPoints.ListenerAfterPublish);
    }

    private void Match(SubscriptionIndex index, Event @event)
    {
        try
        {
            index.Match(@event, matches);
        }
        catch (Exception exception)
        {
            // What nobody foresaw about one event must not stop the log for all that come after it.
            meter.ListenerFaults.Add(1);
            ListenerLog.EventFailed(logger, @event.Id, exception);
        }
    }

    private void Set(Subscription subscription, long log)
    {
        if (index.Set(subscription, log) is { Count: > 0 } errors)
        {
            ListenerLog.FilterUnreadable(logger, subscription.Id, errors[0].Message);
        }
    }

    private void OnFault(long subscription, Event @event, Exception exception)
    {
        meter.ListenerFaults.Add(1);
        ListenerLog.FilterFailed(logger, subscription, @event.Id, exception);
    }

    /// <summary>Goes on trying while the store is unavailable: events wait in the log, the listener has nothing better to do.</summary>
    private async ValueTask<T> PersistAsync<T>(Func<CancellationToken, ValueTask<T>> operation, CancellationToken cancellation)
    {
        for (var wait = TimeSpan.Zero; ; )
        {
            try
            {
                var result = await operation(cancellation);
                if (wait > TimeSpan.Zero)
                {
                    ListenerLog.StoreAvailable(logger);
                }

                return result;
            }
            catch (StoreUnavailableException exception)
            {
                if (wait == TimeSpan.Zero)
                {
                    ListenerLog.StoreUnavailable(logger, exception.Message);
                }

                wait = wait == TimeSpan.Zero ? FirstWait : wait * 2 < LongestWait ? wait * 2 : LongestWait;
                await Task.Delay(wait, time, cancellation);
            }
        }
    }
}
