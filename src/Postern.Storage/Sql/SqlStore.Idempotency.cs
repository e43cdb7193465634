using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Reading;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    public ValueTask<KeptAnswer?> FindAnswerAsync(IdempotentCall call, CancellationToken cancellation)
    {
        var since = time.GetUtcNow() - call.Keep;
        return readers.ReadAsync(connection => AnswerRows.Find(connection, call, since), cancellation);
    }

    public ValueTask<Answered<IReadOnlyList<Staged>>> StageAsync(
        IReadOnlyList<EventContent> events, IdempotentCall call, Func<IReadOnlyList<Staged>, ReadOnlyMemory<byte>> answer, CancellationToken cancellation) =>
        new(writer.WriteAsync(new AnswerOnce<IReadOnlyList<Staged>>(
            call, transaction => StageEvents.Stage(transaction, events), answer, cancellation)));

    public ValueTask<Answered<Subscription>> AddSubscriptionAsync(
        Subscription subscription, DateTimeOffset? ownerSince, IdempotentCall call, Func<Subscription, ReadOnlyMemory<byte>> answer, CancellationToken cancellation) =>
        new(writer.WriteAsync(new AnswerOnce<Subscription>(
            call, transaction => StoredSubscription.Add(transaction, subscription, ownerSince), answer, cancellation)));
}
