using Postern.Model;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>Whether a subscription has ended: it takes no events and nothing is sent for it.</summary>
internal static class Ended
{
    public static bool Is(Subscription subscription) => subscription.State is SubscriptionState.Disabled or SubscriptionState.Gone;

    /// <summary>Ends the call with 409 for a subscription that has ended.</summary>
    public static void Refuse(Subscription subscription)
    {
        if (Is(subscription))
        {
            throw Problems.Conflict($"The subscription {subscription.Id} has ended ({subscription.Reason ?? "no reason is known"}); resume it first.");
        }
    }
}
