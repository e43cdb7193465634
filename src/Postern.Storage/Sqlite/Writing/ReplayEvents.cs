using Postern.Model;
using Postern.Storage.Sqlite.Reading;

namespace Postern.Storage.Sqlite.Writing;

/// <summary>Owes events to a subscription once more. Those that are not kept any more are left out.</summary>
internal sealed class ReplayEvents(long subscription, IReadOnlyList<long> sequences, CancellationToken cancellation)
    : WriteOperation<IReadOnlyList<DueCallback>?>(cancellation)
{
    protected override IReadOnlyList<DueCallback>? Change(WriteTransaction transaction) =>
        SubscriptionRows.ReadState(transaction.Connection, subscription) is null
            ? null
            : [.. sequences.Where(sequence => IsKept(transaction, sequence)).Select(sequence => OwedCallbacks.Add(transaction, sequence, subscription, order: 0)!.Value)];

    private static bool IsKept(WriteTransaction transaction, long sequence)
    {
        using var rows = transaction.Prepare("SELECT 1 FROM events WHERE sequence = ?").Bind(sequence);
        return rows.Step();
    }
}
