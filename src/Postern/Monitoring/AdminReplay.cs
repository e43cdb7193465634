using Microsoft.AspNetCore.Http;
using Postern.Model;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>Brings dead callbacks back: owed again in the store, then given to the hub.</summary>
internal sealed class AdminReplay(IStore store, IHub hub)
{
    // One commit of this size keeps the writer free for everybody else.
    private const int Batch = 1_000;

    // A revived callback may die again at once: without an end, a call could go on reviving the same ones for ever.
    private const int MostPerCall = 10_000;

    public async Task Callback(HttpContext context, string id)
    {
        if (!CallbackId.TryParse(id, out var key))
        {
            throw NoCallback();
        }

        var callback = await store.FindDeadAsync(key, context.RequestAborted) ?? throw NoCallback();
        TakesCallbacks(await store.FindSubscriptionAsync(callback.SubscriptionId, context.RequestAborted));
        var revived = await store.ReviveCallbackAsync(key, context.RequestAborted);
        if (revived.Count == 0)
        {
            throw NoCallback();
        }

        await PublishAsync(revived.Due);
        await context.Response.WriteAsync(202, new Replayed { Count = 1, More = false });
    }

    public async Task Subscription(HttpContext context, string id)
    {
        var subscription = TakesCallbacks(await store.FindSubscriptionAsync(id, context.RequestAborted));
        var count = 0;
        int taken;
        do
        {
            var revived = await store.ReviveAsync(subscription.Number, Batch, context.RequestAborted);
            await PublishAsync(revived.Due);
            taken = revived.Count;
            count += taken;
        }
        while (taken == Batch && count < MostPerCall);

        await context.Response.WriteAsync(202, new Replayed { Count = count, More = taken == Batch });
    }

    // Committed by now: a caller that hangs up must not keep them from the hub.
    private ValueTask PublishAsync(IReadOnlyList<DueCallback> due) => hub.PublishAsync(due, CancellationToken.None);

    // The worker drops what is owed to a subscription that has ended: reviving would lose it.
    private static Subscription TakesCallbacks(Subscription? subscription) => subscription switch
    {
        null => throw AdminApi.NoSubscription(),
        { State: SubscriptionState.Disabled or SubscriptionState.Gone } =>
            throw Problems.Conflict("The subscription has ended: its callbacks are not sent any more. Its consumer subscribes again or resumes it first."),
        _ => subscription,
    };

    private static ProblemException NoCallback() =>
        Problems.NotFound("There is no dead callback with this id. One that is owed will be sent when it is due; a delivered one is not kept, see its attempts.");
}
