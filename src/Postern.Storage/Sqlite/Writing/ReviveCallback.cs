using Postern.Model;

namespace Postern.Storage.Sqlite.Writing;

/// <summary>Owes one dead callback again.</summary>
internal sealed class ReviveCallback(long id, CancellationToken cancellation) : WriteOperation<IReadOnlyList<DueCallback>?>(cancellation)
{
    protected override IReadOnlyList<DueCallback>? Change(WriteTransaction transaction) =>
        OwedCallbacks.FindDead(transaction, id) is not { } dead ? null
        : OwedCallbacks.Revive(transaction, dead) is { } revived ? [revived] : [];
}
