using Postern.Model;
using Postern.Ports;

namespace Postern.Storage.Sql.Writing;

/// <summary>Owes one dead callback again.</summary>
internal sealed class ReviveCallback(long id, CancellationToken cancellation) : WriteOperation<Revived>(cancellation)
{
    protected override Revived Change(WriteTransaction transaction)
    {
        if (OwedCallbacks.FindDead(transaction, id) is not { } dead)
        {
            return new Revived(0, []);
        }

        transaction.Audit(new AuditTarget(AuditKind.Callback, CallbackId.Format(id)));
        if (transaction.HasPeers)
        {
            OwedCallbacks.ReviveForPeers(transaction, dead);
            return new Revived(1, []);
        }

        return new Revived(1, OwedCallbacks.Revive(transaction, dead) is { } due ? [due] : []);
    }
}
