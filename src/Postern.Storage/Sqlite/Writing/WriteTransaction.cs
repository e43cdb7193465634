using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Storage.Sqlite.Writing;

/// <summary>One commit under way: where operations write, and what becomes visible after it, in its order.</summary>
internal sealed class WriteTransaction(Connection connection, StoreCounters counters, DateTimeOffset now)
{
    private readonly List<object> effects = [];

    /// <summary>A copy: it counts only when the commit succeeds. A field, so that operations change it in place.</summary>
    public StoreCounters Counters = counters;

    public Connection Connection => connection;

    /// <summary>UTC, whole milliseconds: what is read back from disk equals what was answered.</summary>
    public DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());

    /// <summary>An <see cref="Event"/>, a <see cref="SubscriptionChange"/> or an <see cref="UnparkMore"/> each.</summary>
    public IReadOnlyList<object> Effects => effects;

    public Statement Prepare(string sql) => connection.Prepare(sql);

    public void Appended(Event appended) => effects.Add(appended);

    public void Changed(Subscription subscription, bool removed = false) =>
        effects.Add(new SubscriptionChange(subscription, removed, Counters.LastSequence));

    /// <summary>More of its callbacks are parked than this commit moves.</summary>
    public void Resumed(long subscription) => effects.Add(new UnparkMore(subscription));

    /// <summary>Runs one operation, and leaves nothing of it when it fails by its own fault.</summary>
    public void RunIsolated(WriteOperation operation)
    {
        var (counted, visible) = (Counters, effects.Count);
        connection.Execute("SAVEPOINT operation");
        try
        {
            operation.Run(this);
        }
        catch (Exception exception) when (exception is not EngineException { IsLogical: false })
        {
            connection.Execute("ROLLBACK TO operation; RELEASE operation");
            Counters = counted;
            effects.RemoveRange(visible, effects.Count - visible);
            throw;
        }

        connection.Execute("RELEASE operation");
    }
}
