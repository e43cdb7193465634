using Microsoft.AspNetCore.Http;
using Postern.Model;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>Brings one dead callback back at once: owed again in the store, then given to the hub.</summary>
internal sealed class AdminReplay(IStore store, IHub hub)
{
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

        // Committed by now: a caller that hangs up must not keep it from the hub.
        await hub.PublishAsync(revived.Due, CancellationToken.None);
        await context.Response.WriteAsync(202, OwedCallback.Of(callback with { State = CallbackState.Pending, Attempts = 0 }));
    }

    // The worker drops what is owed to a subscription that has ended: reviving would lose it.
    internal static Subscription TakesCallbacks(Subscription? subscription) => subscription switch
    {
        null => throw AdminApi.NoSubscription(),
        { State: SubscriptionState.Disabled or SubscriptionState.Gone } =>
            throw Problems.Conflict("The subscription has ended: its callbacks are not sent any more. Its consumer subscribes again or resumes it first."),
        _ => subscription,
    };

    private static ProblemException NoCallback() =>
        Problems.NotFound("There is no dead callback with this id. One that is owed will be sent when it is due; a delivered one is not kept, see its attempts.");
}
