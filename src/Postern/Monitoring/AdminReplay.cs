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

        var callback = (await store.ListCallbacksAsync(new CallbackQuery { After = key - 1, Limit = 1 }, context.RequestAborted))
            .FirstOrDefault(found => found.Id == key) ?? throw NoCallback();
        if (callback.State != CallbackState.Dead)
        {
            throw NotDead();
        }

        TakesCallbacks(await store.FindSubscriptionAsync(callback.SubscriptionId, context.RequestAborted));
        var due = await store.ReviveCallbackAsync(key, context.RequestAborted) ?? throw NotDead();

        // Committed by now: a caller that hangs up must not keep it from the hub.
        await hub.PublishAsync(due, CancellationToken.None);
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
        Problems.NotFound("There is no callback with this id that is owed or dead. A delivered one is not kept; see its attempts.");

    private static ProblemException NotDead() => Problems.Conflict("The callback is not dead: it is owed already and will be sent when it is due.");
}
