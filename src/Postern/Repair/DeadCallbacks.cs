using Postern.Model;
using Postern.Ports;

namespace Postern.Repair;

/// <summary>The dead callbacks of one subscription or of all, by id: one that dies again lies behind the cursor.</summary>
internal sealed class DeadCallbacks(IStore store) : JobPlan(store)
{
    public override async ValueTask<JobStep> NextAsync(Job job, int most, CancellationToken cancellation)
    {
        var query = new DeadQuery(job.Request.Subscription?.Number, job.Cursor.Position, job.Last, most);
        var dead = await Store.ReadDeadAsync(query, cancellation);
        var to = dead.Count == 0 ? job.Cursor : new JobCursor(0, dead[^1].Id);
        return new JobStep(job, to, [.. dead.Select(Item)], dead.Count, Last: dead.Count < most);
    }

    public static JobItem Item(DueCallback dead) => new(new Match(dead.Event, dead.Subscription), dead.Id);
}

/// <summary>The dead callbacks at one endpoint: those of each subscription whose callback goes there, one after the other.</summary>
internal sealed class DeadAtEndpoint(IStore store, string endpoint) : JobPlan(store)
{
    // A million subscriptions without a dead callback are gone through in small steps, too.
    private const int Page = 100;

    public override async ValueTask<JobStep> NextAsync(Job job, int most, CancellationToken cancellation)
    {
        var cursor = job.Cursor;
        var items = new List<JobItem>();
        if (cursor.Subscription > 0)
        {
            cursor = await TakeAsync(job, cursor, items, most, cancellation);
        }

        var last = false;
        if (items.Count < most)
        {
            var query = new SubscriptionQuery { Endpoint = endpoint, After = cursor.Subscription, Limit = Page };
            var subscriptions = await Store.ListSubscriptionsAsync(query, cancellation);
            foreach (var subscription in subscriptions)
            {
                cursor = await TakeAsync(job, new JobCursor(subscription.Number, 0), items, most, cancellation);
                if (items.Count == most)
                {
                    break;
                }
            }

            last = subscriptions.Count < Page && items.Count < most;
        }

        return new JobStep(job, cursor, items, items.Count, last);
    }

    private async ValueTask<JobCursor> TakeAsync(Job job, JobCursor cursor, List<JobItem> items, int most, CancellationToken cancellation)
    {
        var dead = await Store.ReadDeadAsync(new DeadQuery(cursor.Subscription, cursor.Position, job.Last, most - items.Count), cancellation);
        items.AddRange(dead.Select(DeadCallbacks.Item));
        return dead.Count == 0 ? cursor : cursor with { Position = dead[^1].Id };
    }
}
