using Postern.Model;

namespace Postern.Storage.Sql.Writing;

/// <summary>The rows of the audit log as operations write them.</summary>
internal static class StoredAudit
{
    public static void Add(WriteTransaction transaction, CallOrigin origin, AuditTarget target) =>
        transaction.Prepare(
            """
            INSERT INTO audit (at, actor, address, request, action, kind, target, consumer, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
            .Bind(transaction.Now.ToUnixTimeMilliseconds())
            .Bind(origin.Actor)
            .Bind(origin.Address)
            .Bind(origin.Request)
            .Bind(origin.Action)
            .Bind((int)target.Kind)
            .Bind(target.Id)
            .Bind(target.Consumer)
            .Bind(target.Changed.Count == 0 ? null : StoredJson.Write(target.Changed))
            .Run();

    /// <summary>Names of what a caller can change about a subscription and has.</summary>
    public static IReadOnlyList<string> Differences(Subscription before, Subscription after)
    {
        var names = new List<string>();
        Note("state", before.State == after.State);
        Note("reason", before.Reason == after.Reason);
        Note("callback", before.Callback == after.Callback);
        Note("events", before.Events.SequenceEqual(after.Events));
        Note("filter", before.Filter == after.Filter);
        Note("mode", before.Mode == after.Mode);
        Note("metadata", before.Metadata == after.Metadata);
        Note("order", before.Order == after.Order);
        Note("retry", StoredJson.Write(before.Retry) == StoredJson.Write(after.Retry));
        Note("secrets", StoredJson.Write(before.Secrets) == StoredJson.Write(after.Secrets));
        return names;

        void Note(string name, bool isSame)
        {
            if (!isSame)
            {
                names.Add(name);
            }
        }
    }
}

/// <summary>Writes down what was changed elsewhere.</summary>
internal sealed class AddAudit(AuditTarget target, CancellationToken cancellation) : WriteOperation<bool>(cancellation)
{
    protected override bool Change(WriteTransaction transaction)
    {
        transaction.Audit(target);
        return true;
    }
}
