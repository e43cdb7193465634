using Postern.Model;
using Postern.Ports;

namespace Postern.Repair;

/// <summary>
/// What has become of the events a job comes by, read ahead for many of them: each reading goes through all that the subscription
/// is owed. What changes until its turn comes is either looked at again by the step, or was owed by another job, which is told here: one
/// loop runs the steps of all jobs, so that nothing is owed between a look at it and the step.
/// </summary>
internal sealed class FateWindow(IStore store)
{
    private const int Size = 50_000;

    // With what other jobs have owed since; then it is read again.
    private const int Most = 2 * Size;

    private readonly Dictionary<long, EventFate> known = [];
    private long from = long.MaxValue;
    private long to;

    /// <summary>Null: neither owed nor dead, and, where the job asks for what was missed, not delivered.</summary>
    /// <param name="last">No event after this one will be asked for.</param>
    public async ValueTask<EventFate?> FindAsync(Job job, long subscription, long sequence, long last, CancellationToken cancellation)
    {
        if (sequence < from || sequence > to)
        {
            await ReadAsync(new FateQuery(subscription, sequence - 1, last, job.Request.Kind == JobKind.Missed, Size), cancellation);
        }

        return known.TryGetValue(sequence, out var fate) ? fate : null;
    }

    public void Owed(IEnumerable<long> events)
    {
        foreach (var sequence in events.Where(sequence => sequence >= from && sequence <= to))
        {
            known[sequence] = new EventFate(sequence, Fate.Owed, 0);
        }

        if (known.Count > Most)
        {
            Forget();
        }
    }

    public void Forget()
    {
        known.Clear();
        (from, to) = (long.MaxValue, 0);
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
