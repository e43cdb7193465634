using Postern.Model;
using Postern.Ports;

namespace Postern.Repair;

/// <summary>
/// What has become of the events a job comes by, read ahead for many of them: each reading goes through all that the subscription
/// is owed. What changes until its turn comes is either looked at again by the step, or was owed by another replay.
/// </summary>
internal sealed class FateWindow(IStore store)
{
    private const int Size = 50_000;

    private readonly Dictionary<long, EventFate> known = [];
    private long from = long.MaxValue;
    private long to;

    /// <summary>Null: neither owed nor dead, and, where the job asks for what was missed, not delivered.</summary>
    public async ValueTask<EventFate?> FindAsync(Job job, long subscription, long sequence, CancellationToken cancellation)
    {
        if (sequence < from || sequence > to)
        {
            await ReadAsync(new FateQuery(subscription, sequence - 1, job.Last, job.Request.Kind == JobKind.Missed, Size), cancellation);
        }

        return known.TryGetValue(sequence, out var fate) ? fate : null;
    }

    private async ValueTask ReadAsync(FateQuery query, CancellationToken cancellation)
    {
        var fates = await store.ReadFatesAsync(query, cancellation);
        known.Clear();
        foreach (var fate in fates)
        {
            known[fate.Event] = fate;
        }

        (from, to) = (query.After + 1, fates.Count < query.Limit ? query.To : fates[^1].Event);
    }
}
