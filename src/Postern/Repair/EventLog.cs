using Postern.Configuration;
using Postern.Model;
using Postern.Ports;

namespace Postern.Repair;

/// <summary>
/// The events of a part of the log that a subscription takes: matched again, in the order of the log. A dead callback is brought
/// back, what is still owed comes by itself, and the rest is owed anew: all of it, or what was not delivered.
/// </summary>
internal sealed class EventLog(IStore store, LiveConfiguration live) : JobPlan(store)
{
    private const int Page = 100;

    // A step that finds nothing to owe still ends, and lets the others have their turn.
    private const int MostLooked = 2_000;

    private readonly FateWindow fates = new(store);
    private SubscriptionMatch? match;
    private (long Number, int Version) matched;

    public override async ValueTask<JobStep> NextAsync(Job job, int most, CancellationToken cancellation)
    {
        var subscription = await SubscriptionAsync(job, cancellation);
        var items = new List<JobItem>();
        var (at, looked) = (job.Cursor.Position, 0L);
        while (at < job.Last && items.Count < most && looked < MostLooked)
        {
            var events = await Store.ReadEventsAsync(at, Page, cancellation);
            foreach (var @event in events)
            {
                if (@event.Sequence > job.Last || items.Count == most)
                {
                    break;
                }

                if (match!.Takes(@event))
                {
                    await TakeAsync(job, subscription, @event, items, cancellation);
                }

                at = @event.Sequence;
                looked++;
            }

            if (events.Count == 0 || (events[^1].Sequence > job.Last && items.Count < most))
            {
                // What was between has expired.
                at = job.Last;
            }
        }

        return new JobStep(job, new JobCursor(0, at), items, at - job.Cursor.Position, Last: at >= job.Last);
    }

    public override void Owed(IEnumerable<long> events) => fates.Owed(events);

    public override void Forget() => fates.Forget();

    public override void Dispose()
    {
        match?.Dispose();
        base.Dispose();
    }

    private async ValueTask TakeAsync(Job job, Subscription subscription, Event @event, List<JobItem> items, CancellationToken cancellation)
    {
        var fate = await fates.FindAsync(job, subscription.Number, @event.Sequence, job.Last, cancellation);
        if (fate is null or { Fate: Fate.Dead })
        {
            items.Add(new JobItem(
                new Match(@event.Sequence, subscription.Number, OrderKey.Of(subscription.Order, @event.Content)), fate?.Callback ?? 0));
        }
    }

    private async ValueTask<Subscription> SubscriptionAsync(Job job, CancellationToken cancellation)
    {
        var named = job.Request.Subscription!;
        var subscription = await Store.ReadSubscriptionAsync(named.Number, cancellation)
            ?? throw new JobFaultException($"The subscription {named.Id} does not exist any more.");
        if (match is null || matched != (subscription.Number, subscription.Version))
        {
            match?.Dispose();
            match = new SubscriptionMatch(subscription, (content, consumer) => EventAudience.MaySee(live.Current, content, consumer));
            matched = (subscription.Number, subscription.Version);
        }

        return match.Errors.Count == 0 ? subscription : throw new JobFaultException($"The filter of {named.Id} cannot be read: {match.Errors[0].Message}");
    }
}
