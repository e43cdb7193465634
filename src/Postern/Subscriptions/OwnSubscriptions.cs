using Microsoft.AspNetCore.Http;
using Postern.Faults;
using Postern.Model;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Subscriptions;

/// <summary>
/// Finds the subscription a call names. What belongs to somebody else, or to another path, is answered word for word like
/// what never existed.
/// </summary>
internal sealed class OwnSubscriptions(IStore store)
{
    /// <summary>The subscription of the call's path; 404 when it is not the caller's own.</summary>
    public Task<Subscription> FindAsync(HttpContext context)
    {
        var call = context.GatewayCall();
        return FindAsync(call, call.Id ?? "", context.RequestAborted);
    }

    public async Task<Subscription> FindAsync(GatewayCall call, string id, CancellationToken cancellation)
    {
        var consumer = call.RequireConsumer();
        return await store.FindOwnSubscriptionAsync(id, consumer.Name, cancellation) is { } found && IsVisible(found, call) ? found : throw Missing(id);
    }

    /// <summary>Changes one that was found; 404 when it was removed meanwhile.</summary>
    public async Task<Subscription> ChangeAsync(HttpContext context, Subscription found, Func<Subscription, Subscription?> change)
    {
        CrashPoint.Reach(CrashPoints.ChangeBeforeCommit);
        var changed = await store.ChangeSubscriptionAsync(found.Id, change, context.RequestAborted) ?? throw Missing(found.Id);
        CrashPoint.Reach(CrashPoints.ChangeAfterCommit);
        return changed;
    }

    public static ProblemException Missing(string id) => Problems.NotFound($"There is no subscription {id} of yours at this path.");

    /// <summary>A resource's path shows the subscriptions to its records too; a record's path only its own.</summary>
    private static bool IsVisible(Subscription subscription, GatewayCall call) =>
        subscription.Resource == call.Resource
        && (call.Key is null || subscription.Key == call.Key);
}
