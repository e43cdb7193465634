using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite.Reading;

namespace Postern.Storage.Sqlite.Writing;

/// <summary>Hands out callbacks whose time has come.</summary>
internal sealed class ClaimDue(DateTimeOffset now, int limit, CancellationToken cancellation) : WriteOperation<Claim>(cancellation)
{
    protected override Claim Change(WriteTransaction transaction)
    {
        var due = CallbackRows.ReadDue(transaction.Prepare(
            """
            SELECT id, event, subscription, attempts FROM callbacks
            WHERE due > 0 AND state = 0 AND due <= ? ORDER BY due, id LIMIT ?
            """)
            .Bind(now.ToUnixTimeMilliseconds()).Bind(limit));
        foreach (var callback in due)
        {
            transaction.Prepare("UPDATE callbacks SET due = 0 WHERE id = ?").Bind(callback.Id).Run();
        }

        return new Claim(due, Next(transaction));
    }

    private static DateTimeOffset? Next(WriteTransaction transaction)
    {
        using var rows = transaction.Prepare("SELECT due FROM callbacks WHERE due > 0 AND state = 0 ORDER BY due LIMIT 1");
        return rows.Step() ? DateTimeOffset.FromUnixTimeMilliseconds(rows.Number(0)) : null;
    }
}
