using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Retention;

namespace Postern.Storage.Sql.Writing;

/// <summary>One commit under way: where operations write, and what becomes visible after it, in its order.</summary>
internal sealed class WriteTransaction(Connection connection, StoreCounters counters, NewlyOwed newlyOwed, DateTimeOffset now)
{
    private readonly List<object> effects = [];
    private bool? remembersProducers;

    /// <summary>A copy: it counts only when the commit succeeds. A field, so that operations change it in place.</summary>
    public StoreCounters Counters = counters;

    public Connection Connection => connection;

    /// <summary>What was asked for all operations of the batch at once; null: each asks for itself.</summary>
    public Foresight? Foresight { get; init; }

    /// <summary>Other nodes write too, and one of them may be the one that calls back.</summary>
    public bool HasPeers { get; init; }

    /// <summary>Producers' ids of removed events are remembered. Asked once: mostly there are none, and a publish pays for no hash.</summary>
    public bool RemembersProducers
    {
        get => remembersProducers ??= ProducerIds.Any(this);
        set => remembersProducers = value;
    }

    /// <summary>Whoever owes an event anew tells it here, in case it is about to expire.</summary>
    public NewlyOwed NewlyOwed => newlyOwed;

    /// <summary>UTC, whole milliseconds: what is read back from disk equals what was answered.</summary>
    public DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());

    /// <summary>An <see cref="Event"/>, <see cref="RemovedEvents"/>, a <see cref="SubscriptionChange"/>, a <see cref="ConsumerChange"/>, a <see cref="JobsChange"/> or a <see cref="MoreToDo"/> each.</summary>
    public IReadOnlyList<object> Effects => effects;

    /// <summary>On whose behalf the operation runs that runs now; null: nobody's.</summary>
    public CallOrigin? Origin { get; set; }

    public Statement Prepare(string sql) => connection.Prepare(sql);

    /// <summary>Writes down who made the operation change this, where somebody did.</summary>
    public void Audit(AuditTarget target)
    {
        if (Origin is { } origin)
        {
            StoredAudit.Add(this, origin, target);
        }
    }

    public void Appended(Event appended) => effects.Add(appended);

    public void Removed(IReadOnlyList<long> events) => effects.Add(new RemovedEvents(events));

    /// <param name="left">As it stood, where it has got another queue.</param>
    public void Changed(Subscription subscription, bool removed = false, bool startsAfresh = false, Subscription? left = null) =>
        effects.Add(new SubscriptionChange(subscription, removed, Counters.LastSequence) { StartsAfresh = startsAfresh, Left = left });

    public void Changed(ConsumerChange change) => effects.Add(change);

    public void JobsChanged() => effects.Add(JobsChange.Instance);

    /// <summary>More of its callbacks are parked than this commit moves.</summary>
    public void Resumed(long subscription) => effects.Add(new MoreToDo(subscription, Rest.Parked));

    /// <summary>More of its callbacks are to be removed than this commit does.</summary>
    public void Ended(long subscription) => effects.Add(new MoreToDo(subscription, Rest.Ended));

    /// <summary>More of its callbacks wait in a queue it has left than this commit moves.</summary>
    public void Moved(long subscription) => effects.Add(new MoreToDo(subscription, Rest.Left));

    /// <summary>Runs one operation, and leaves nothing of it when it fails by its own fault.</summary>
    public void RunIsolated(WriteOperation operation)
    {
        var (counted, visible) = (Counters, effects.Count);
        connection.Save();
        try
        {
            operation.Run(this);
            connection.Release();
        }
        catch (Exception exception) when (exception is not EngineException { IsLogical: false })
        {
            connection.Restore();
            Foresight?.Forget();
            Counters = counted;
            effects.RemoveRange(visible, effects.Count - visible);
            throw;
        }
    }
}

/// <summary>A job was added, or changed by other means than its steps.</summary>
internal sealed class JobsChange
{
    public static JobsChange Instance { get; } = new();
}

/// <summary>Events that are not kept any more, by their sequences.</summary>
internal sealed record RemovedEvents(IReadOnlyList<long> Sequences);
