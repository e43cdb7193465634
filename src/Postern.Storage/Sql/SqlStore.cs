using Microsoft.Extensions.Logging;
using Postern.Faults;
using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Erasing;
using Postern.Storage.Sql.Reading;
using Postern.Storage.Sql.Retention;
using Postern.Storage.Sql.Writing;
using EventId = Postern.Model.EventId;

namespace Postern.Storage.Sql;

/// <summary>The store in a database that speaks SQL: one writer with group commit, many readers.</summary>
public abstract partial class SqlStore : IStore, IWriterAudience
{
    // Of events that are read one after the other: what a hop to a reader's thread costs, spread over some.
    private const int ReadAhead = 32;
    private const int ReadAheadBytes = 128 * 1024;

    private readonly SqlEngine engine;
    private readonly Writer writer;
    private readonly ReaderPool readers;
    private readonly EventExpiry eventExpiry;
    private readonly ErasureSteps erasures;
    private readonly SubscriptionSteps subscriptionSteps;
    private readonly RecentEvents recent;
    private readonly ReadEvents read;
    private readonly EventTail tail = new();
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private int disposed;

    private protected SqlStore(SqlEngine engine, TimeProvider time, ILogger logger)
    {
        (this.engine, this.time, this.logger) = (engine, time, logger);
        var options = engine.Options;
        recent = new RecentEvents(options.RecentEventBytes);
        read = new ReadEvents(options.ReadEventBytes);
        readers = new ReaderPool(engine);
        writer = new Writer(engine, time, logger, this);
        eventExpiry = new EventExpiry(readers, writer, time);
        erasures = new ErasureSteps(readers, writer, engine, time);
        subscriptionSteps = new SubscriptionSteps(writer, readers, options, time);
        tail.MoveTo(writer.Statistics.LastSequence);
    }

    public event Action<SubscriptionChange>? SubscriptionChanged;

    public StoreStatistics Statistics => writer.Statistics;

    public async ValueTask<IReadOnlyList<Staged>> StageAsync(IReadOnlyList<EventContent> events, CancellationToken cancellation) =>
        events.Count == 0 ? [] : await writer.WriteAsync(new StageEvents(events, cancellation));

    public ValueTask<IReadOnlyList<Event>> ReadEventsAsync(long after, int limit, CancellationToken cancellation)
    {
        var last = tail.Last;
        if (after >= last || limit <= 0)
        {
            return new([]);
        }

        return recent.ReadAfter(after, last, limit) is { } events
            ? new(events)
            : readers.ReadAsync(connection => Checked(EventRows.ReadAfter(connection, after, last, limit)), cancellation);
    }

    public ValueTask WaitForEventsAsync(long after, CancellationToken cancellation) => tail.WaitAsync(after, cancellation);

    public ValueTask<Event?> ReadEventAsync(long sequence, CancellationToken cancellation)
    {
        // With other nodes there may be more than this one has heard of: another has matched it, and this one is to call back.
        if (sequence > tail.Last && engine.Peers is null)
        {
            return new((Event?)null);
        }

        return (recent.Find(sequence) ?? read.Find(sequence)) is { } found
            ? new(found)
            : readers.ReadAsync(connection => Checked(ReadEvent(connection, sequence)), cancellation);
    }

    public async ValueTask<Event?> FindEventAsync(string id, CancellationToken cancellation) =>
        EventId.TryReadSequence(id, out var sequence) && await ReadEventAsync(sequence, cancellation) is { } found && found.Id == id
            ? found
            : null;

    public ValueTask<long> ReadCursorAsync(CancellationToken cancellation) => new(writer.Statistics.Cursor);

    public ValueTask<IReadOnlyList<DueCallback>> CommitMatchesAsync(long from, long to, IReadOnlyList<Match> matches, CancellationToken cancellation) =>
        new(writer.WriteAsync(new CommitMatches(from, to, matches, cancellation)));

    public ValueTask<IReadOnlyList<DueCallback>> ReadHandedOutAsync(long after, int limit, CancellationToken cancellation) =>
        readers.ReadAsync(connection => CallbackRows.ReadHandedOut(connection, after, limit), cancellation);

    public ValueTask<DueCallback?> RecordAsync(CallbackResult result, CancellationToken cancellation) =>
        new(writer.WriteAsync(new RecordCallback(result, cancellation)));

    public ValueTask<Revived> ReviveCallbackAsync(long id, CancellationToken cancellation) =>
        new(writer.WriteAsync(new ReviveCallback(id, cancellation)));

    public ValueTask<Subscription> AddSubscriptionAsync(Subscription subscription, DateTimeOffset? ownerSince, CancellationToken cancellation) =>
        new(writer.WriteAsync(new AddSubscription(subscription, ownerSince, cancellation)));

    public ValueTask<Subscription?> ChangeSubscriptionAsync(string id, Func<Subscription, Subscription?> change, CancellationToken cancellation) =>
        ObeyedAsync(writer.WriteAsync(new ChangeSubscription(id, change, announce: null, cancellation)), cancellation);

    public ValueTask<IReadOnlyList<Subscription>> RemoveSubscriptionsAsync(IReadOnlyList<string> ids, CancellationToken cancellation) =>
        ObeyedAsync(writer.WriteAsync(new RemoveSubscriptions(ids, cancellation)), cancellation);

    public ValueTask<Subscription?> FindSubscriptionAsync(string id, CancellationToken cancellation) =>
        readers.ReadAsync(connection => SubscriptionRows.Find(connection, id), cancellation);

    public ValueTask<Subscription?> ReadSubscriptionAsync(long number, CancellationToken cancellation) =>
        readers.ReadAsync(connection => SubscriptionRows.Read(connection, number), cancellation);

    public ValueTask<IReadOnlyList<Subscription>> ListSubscriptionsAsync(SubscriptionQuery query, CancellationToken cancellation) =>
        readers.ReadAsync(connection => SubscriptionRows.List(connection, query), cancellation);

    public ValueTask<IReadOnlyList<Event>> ListEventsAsync(EventQuery query, CancellationToken cancellation)
    {
        var last = tail.Last;
        return readers.ReadAsync(connection => Checked(EventRows.List(connection, query, last)), cancellation);
    }

    public ValueTask<CallbackPage> ListCallbacksAsync(CallbackQuery query, CancellationToken cancellation) =>
        readers.ReadAsync(connection => CallbackPages.List(connection, query), cancellation);

    public ValueTask<IReadOnlyList<AttemptEntry>> ListAttemptsAsync(AttemptQuery query, CancellationToken cancellation) =>
        readers.ReadAsync(connection => AttemptRows.List(connection, query), cancellation);

    /// <summary>Commits what has been given, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            await Task.Run(Close);
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Opens a database and makes a store on it, on a thread of its own.</summary>
    /// <exception cref="StoreRefusedException">It cannot be opened as asked.</exception>
    private protected static ValueTask<T> OpenAsync<T>(SqlStoreOptions options, Func<SqlEngine> open, Func<SqlEngine, T> make, CancellationToken cancellation)
        where T : SqlStore => new(Task.Run(
            () =>
            {
                SqlEngine? engine = null;
                try
                {
                    engine = open();
                    var store = make(engine);
                    store.Start();
                    return store;
                }
                catch (EngineException exception)
                {
                    engine?.Dispose();
                    throw new StoreRefusedException($"The store cannot be opened: {exception.Describe(options.Name)}.", exception);
                }
                catch
                {
                    engine?.Dispose();
                    throw;
                }
            },
            cancellation));

    void IWriterAudience.Show(IReadOnlyList<object> effects, long last)
    {
        foreach (var effect in effects)
        {
            if (effect is Event added)
            {
                recent.Add(added);
                tail.MoveTo(added.Sequence);
            }
            else if (effect is RemovedEvents removed)
            {
                recent.Forget(removed.Sequences);
                read.Forget(removed.Sequences);
            }
            else if (effect is MoreToDo more)
            {
                AddSteps(more);
            }
            else if (effect is SubscriptionChange change)
            {
                Tell(change);
            }
            else if (effect is ConsumerChange consumer)
            {
                Tell(consumer);
            }
            else
            {
                JobsChanged?.Invoke();
            }
        }

        if (tail.Last < last)
        {
            // The writer found a commit in the file that it had taken for failed.
            tail.MoveTo(last);
        }

        tail.Wake();
    }

    private void Tell(SubscriptionChange change)
    {
        try
        {
            SubscriptionChanged?.Invoke(change);
        }
#pragma warning disable CA1031 // The change is on disk: a faulty handler must not take the writer with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            StorageLog.HandlerFailed(logger, change.Subscription.Id, exception);
        }
    }

    private Event? Checked(Event? read)
    {
        if (read is { IsDamaged: true })
        {
            StorageLog.EventDamaged(logger, read.Sequence);
        }

        return read;
    }

    private IReadOnlyList<Event> Checked(IReadOnlyList<Event> read)
    {
        foreach (var @event in read)
        {
            Checked(@event);
        }

        return read;
    }

    private void Close()
    {
        tail.Close();
        subscriptionSteps.Dispose();
        writer.Dispose();
        readers.Dispose();
        eventExpiry.Dispose();
        erasures.Dispose();
        engine.Dispose();
    }

    /// <summary>On a reader's thread. Another reader may have read it while this one waited for a connection.</summary>
    private Event? ReadEvent(Connection connection, long sequence)
    {
        if (read.Find(sequence) is { } found)
        {
            return found;
        }

        var since = read.Removals;
        var last = tail.Last;
        var events = EventRows.ReadFrom(connection, sequence, last, sequence <= last && read.IsWalk(sequence) ? ReadAhead : 1, ReadAheadBytes);
        read.Add(events, since);
        return events is [{ } first, ..] && first.Sequence == sequence ? first : null;
    }

    private void Start()
    {
        engine.Start();
        writer.Start();
        if (Leads(Duty.Callbacks))
        {
            subscriptionSteps.Start();
        }

        CrashPoint.Reach(CrashPoints.StartAfterOpen);
        var statistics = Statistics;
        StorageLog.Opened(logger, engine.Options.Name, statistics.LastSequence, statistics.Pending, statistics.Subscriptions);
    }
}
