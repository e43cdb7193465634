using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql.Sealed;

/// <remarks>Isolated: a fault of it must not fail the callers that share its commit.</remarks>
internal sealed class ReplaceSealed(SecretPurpose purpose, IReadOnlyList<ResealedSecret> secrets, CancellationToken cancellation)
    : WriteOperation<bool>(cancellation)
{
    public override bool IsIsolated => true;

    protected override bool Change(WriteTransaction transaction)
    {
        var place = SealedPlace.Of(purpose);

        // What was sealed with a key that has leaked must not be found in what the file has free.
        using (transaction.Connection.OverwriteWhatIsDeleted())
        {
            foreach (var secret in secrets)
            {
                place.Replace(transaction, secret);
            }
        }

        return true;
    }
}
