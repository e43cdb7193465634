using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite.Reading;

namespace Postern.Storage.Sqlite.Writing;

/// <summary>Owes the dead callbacks of a subscription again, oldest first.</summary>
internal sealed class ReviveCallbacks(long subscription, int limit, CancellationToken cancellation)
    : WriteOperation<Revived>(cancellation)
{
    protected override Revived Change(WriteTransaction transaction)
    {
        var dead = CallbackRows.ReadDue(transaction.Prepare(
            """
            SELECT id, event, subscription, attempts, 0, 0, since, ord FROM kept
            WHERE subscription = ? AND state = 2 ORDER BY id LIMIT ?
            """)
            .Bind(subscription).Bind(limit));
        return new Revived(dead.Count, [.. dead.Select(callback => OwedCallbacks.Revive(transaction, callback)).OfType<DueCallback>()]);
    }
}

/// <summary>Owes one dead callback again.</summary>
internal sealed class ReviveCallback(long id, CancellationToken cancellation) : WriteOperation<Revived>(cancellation)
{
    protected override Revived Change(WriteTransaction transaction)
    {
        var dead = CallbackRows.ReadDue(transaction.Prepare(
            "SELECT id, event, subscription, attempts, 0, 0, since, ord FROM kept WHERE id = ? AND state = 2").Bind(id));
        return new Revived(dead.Count, [.. dead.Select(callback => OwedCallbacks.Revive(transaction, callback)).OfType<DueCallback>()]);
    }
}
