using Postern.Model.Access;
using Postern.Ports;
using Postern.Storage.Sql.Reading;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    public event Action<ConsumerChange>? ConsumerChanged;

    public ValueTask<StoredConsumers> ReadConsumersAsync(CancellationToken cancellation) => readers.ReadAsync(ConsumerRows.ReadAll, cancellation);

    public ValueTask<StoredConsumer?> AddConsumerAsync(StoredConsumer consumer, CancellationToken cancellation) =>
        new(writer.WriteAsync(new AddConsumer(consumer, cancellation)));

    public ValueTask<StoredConsumer?> ChangeConsumerAsync(string name, Func<StoredConsumer, StoredConsumer?> change, CancellationToken cancellation) =>
        ObeyedAsync(writer.WriteAsync(new ChangeConsumer(name, change, cancellation)), cancellation);

    public ValueTask<ConsumerRemoval?> RemoveConsumerAsync(string name, int limit, CancellationToken cancellation) =>
        ObeyedAsync(writer.WriteAsync(new RemoveConsumer(name, limit, cancellation)), cancellation);

    private void Tell(ConsumerChange change)
    {
        try
        {
            ConsumerChanged?.Invoke(change);
        }
#pragma warning disable CA1031 // The change is on disk: a faulty handler must not take the writer with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            StorageLog.HandlerFailed(logger, change.Name, exception);
        }
    }
}
