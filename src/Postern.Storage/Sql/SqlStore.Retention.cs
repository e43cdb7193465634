using Postern.Ports;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Retention;

namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    public ValueTask<ExpiryStep> ExpireAsync(ExpiryKind kind, DateTimeOffset before, int limit, CancellationToken cancellation) => kind switch
    {
        ExpiryKind.Attempts => StepAsync(
            connection => ExpiredRows.Attempts(connection, before, limit), keys => new ExpireAttempts(keys, time, cancellation), cancellation),
        ExpiryKind.Dead => StepAsync(
            connection => ExpiredRows.Dead(connection, before, limit), keys => new ExpireDead(keys, before, time, cancellation), cancellation),
        ExpiryKind.Answers => StepAsync(
            connection => ExpiredRows.Answers(connection, before, limit), keys => new ExpireAnswers(keys, time, cancellation), cancellation),
        ExpiryKind.ProducerIds => StepAsync(
            connection => ExpiredRows.ProducerIds(connection, before, limit), keys => new ExpireProducerIds(keys, time, cancellation), cancellation),
        ExpiryKind.Reports => StepAsync(
            connection => ExpiredRows.Reports(connection, before, limit), keys => new ExpireReports(keys, time, cancellation), cancellation),
        ExpiryKind.Jobs => StepAsync(
            connection => ExpiredRows.Jobs(connection, before, limit), keys => new ExpireJobs(keys, time, cancellation), cancellation),
        ExpiryKind.Audit => StepAsync(
            connection => ExpiredRows.Audit(connection, before, limit), keys => new ExpireAudit(keys, time, cancellation), cancellation),
        ExpiryKind.Events => eventExpiry.StepAsync(before, limit, cancellation),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind."),
    };

    public ValueTask<StoreSize> ReadSizeAsync(CancellationToken cancellation) => readers.ReadAsync(
        connection => new StoreSize(engine.ReadUsed(connection), ExpiredRows.Oldest(connection)?.Staged),
        cancellation);

    /// <summary>A reader looks for what is old enough, so that the writer does nothing but remove it.</summary>
    private async ValueTask<ExpiryStep> StepAsync(Func<Connection, Piece> find, Func<IReadOnlyList<long>, ExpireRows> remove, CancellationToken cancellation)
    {
        var piece = await readers.ReadAsync(find, cancellation);
        if (piece.Keys.Count == 0)
        {
            return default;
        }

        var (removed, elapsed) = await writer.WriteAsync(remove(piece.Keys));
        return new ExpiryStep(removed, piece.More, StepCost.Of(elapsed, piece.Pages));
    }
}
