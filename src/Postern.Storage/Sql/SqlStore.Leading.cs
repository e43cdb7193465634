namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    public bool Leads => true;

    public ValueTask LeadAsync(CancellationToken cancellation) => ValueTask.CompletedTask;
}
