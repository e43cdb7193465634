using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Retention;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql.Erasing;

/// <summary>Carries out an order step by step. Where it stands is in its row: after a crash the next step goes on.</summary>
internal sealed class ErasureSteps(ReaderPool readers, Writer writer, SqlEngine engine, TimeProvider time) : IDisposable
{
    // Looking for orphans reads everything that is owed: as many as fit into a little memory are taken from one pass.
    private const int Sweep = 20_000;

    private readonly SemaphoreSlim one = new(1, 1);
    private readonly Queue<DueCallback> orphans = new();
    private readonly Queue<(long Id, long Subscription, long Order, CallbackState State)> keptOrphans = new();

    public async ValueTask<ErasureStep> StepAsync(string id, int limit, CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation);
        try
        {
            var erasure = await readers.ReadAsync(connection => StoredErasure.Find(connection, id), cancellation)
                ?? throw new InvalidOperationException($"There is no erasure {id}.");
            return erasure.Phase switch
            {
                ErasurePhase.Subscriptions => await EraseSubscriptionAsync(erasure, limit, cancellation),
                ErasurePhase.Events => await EraseEventsAsync(erasure, limit, cancellation),
                ErasurePhase.Callbacks => await EraseCallbacksAsync(erasure, limit, cancellation),
                ErasurePhase.Answers => await WriteAsync(erasure, (transaction, order, _) => EraseRows.Answers(transaction, order, limit), limit, cancellation),
                ErasurePhase.Log => await FinishAsync(erasure, cancellation),
                _ => Waiting(erasure),
            };
        }
        finally
        {
            one.Release();
        }
    }

    private async ValueTask<ErasureStep> EraseSubscriptionAsync(StoredErasure erasure, int limit, CancellationToken cancellation)
    {
        var subscription = await readers.ReadAsync(connection => ErasedRows.Subscription(connection, erasure.Order.Consumer!), cancellation);
        return await WriteAsync(
            erasure,
            (transaction, order, _) => subscription is null
                ? order with { Phase = ErasurePhase.Events }
                : EraseRows.Subscription(transaction, order, subscription, limit),
            limit, cancellation);
    }

    private async ValueTask<ErasureStep> EraseEventsAsync(StoredErasure erasure, int limit, CancellationToken cancellation)
    {
        if (erasure.Position >= erasure.Last)
        {
            return await WriteAsync(erasure, (_, order, _) => order with { Phase = ErasurePhase.Callbacks }, 1, cancellation);
        }

        if (writer.Statistics.Cursor < erasure.Last)
        {
            // The listener takes the log as it stands, without holes before it.
            return Waiting(erasure);
        }

        var (events, position) = await readers.ReadAsync(connection => ErasedRows.Events(connection, erasure, limit), cancellation);
        return await WriteAsync(erasure, (transaction, order, _) => EraseRows.Events(transaction, order, events, position), events.Count, cancellation);
    }

    private async ValueTask<ErasureStep> EraseCallbacksAsync(StoredErasure erasure, int limit, CancellationToken cancellation)
    {
        if (orphans.Count == 0 && keptOrphans.Count == 0)
        {
            foreach (var orphan in await readers.ReadAsync(connection => ErasedRows.Orphans(connection, Sweep), cancellation))
            {
                orphans.Enqueue(orphan);
            }
        }

        if (orphans.Count == 0 && keptOrphans.Count == 0)
        {
            foreach (var orphan in await readers.ReadAsync(connection => ErasedRows.KeptOrphans(connection, Sweep), cancellation))
            {
                keptOrphans.Enqueue(orphan);
            }
        }

        // Nothing found in a whole pass: the events are gone, so that nothing new can be owed for them.
        var phase = orphans.Count == 0 && keptOrphans.Count == 0 ? ErasurePhase.Answers : ErasurePhase.Callbacks;
        var taken = Take(orphans, limit);
        var kept = Take(keptOrphans, limit);
        return await WriteAsync(
            erasure,
            (transaction, order, released) =>
            {
                EraseRows.Callbacks(transaction, taken, released);
                EraseRows.Kept(transaction, kept, released);
                return order with { Phase = phase };
            },
            taken.Count + kept.Count, cancellation);
    }

    /// <summary>The names are gone from the order's row too: what was deleted is gone with that.</summary>
    private async ValueTask<ErasureStep> FinishAsync(StoredErasure erasure, CancellationToken cancellation)
    {
        if (!await Task.Run(engine.TryForgetDeleted, cancellation))
        {
            return Waiting(erasure);
        }

        return await WriteAsync(
            erasure,
            (transaction, order, _) => order with { Phase = ErasurePhase.Finished, Report = order.Report with { Finished = transaction.Now } },
            1, cancellation);
    }

    private async ValueTask<ErasureStep> WriteAsync(
        StoredErasure erasure, Func<WriteTransaction, StoredErasure, List<DueCallback>, StoredErasure> erase, int rows, CancellationToken cancellation)
    {
        var (report, released, elapsed) = await writer.WriteAsync(new EraseStep(erasure, erase, time, cancellation));
        return new ErasureStep(report, Waits: false, released, StepCost.Of(elapsed, rows));
    }

    public void Dispose() => one.Dispose();

    private static ErasureStep Waiting(StoredErasure erasure) => new(erasure.Report, Waits: true, [], TimeSpan.Zero);

    private static List<T> Take<T>(Queue<T> queue, int limit)
    {
        var taken = new List<T>(Math.Min(limit, queue.Count));
        while (taken.Count < limit && queue.TryDequeue(out var next))
        {
            taken.Add(next);
        }

        return taken;
    }
}
