using Postern.Model;
using Postern.Ports;

namespace Postern.Repair;

/// <summary>
/// The events of a list, in the order of the log: a dead callback is brought back, and what was delivered or never owed is owed anew. One
/// that is still owed comes by itself; one that has expired meanwhile is left out.
/// </summary>
internal sealed class NamedEvents(IStore store) : JobPlan(store)
{
    private readonly FateWindow fates = new(store);

    public override async ValueTask<JobStep> NextAsync(Job job, int most, CancellationToken cancellation)
    {
        var named = job.Request.Subscription!;
        var subscription = await Store.ReadSubscriptionAsync(named.Number, cancellation)
            ?? throw new JobFaultException($"The subscription {named.Id} does not exist any more.");
        var at = (int)job.Cursor.Position;
        var items = new List<JobItem>();
        foreach (var sequence in job.Request.Events.Skip(at).Take(most))
        {
            if (await Store.ReadEventAsync(sequence, cancellation) is not { } @event)
            {
                continue;
            }

            var fate = await fates.FindAsync(job, named.Number, sequence, job.Request.Events[^1], cancellation);
            if (fate is not { Fate: Fate.Owed })
            {
                items.Add(new JobItem(
                    new Match(sequence, named.Number, OrderKey.Of(subscription.Order, @event.Content)), fate?.Callback ?? 0));
            }
        }

        var to = Math.Min(at + most, job.Request.Events.Count);
        return new JobStep(job, new JobCursor(0, to), items, to - at, Last: to == job.Request.Events.Count);
    }

    public override void Owed(IEnumerable<long> events) => fates.Owed(events);

    public override void Forget() => fates.Forget();
}
