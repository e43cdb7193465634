using Postern.Model;

namespace Postern.Ports;

public partial interface IStore
{
    /// <summary>The subscriptions that are failing and have not ended, by growing number.</summary>
    ValueTask<IReadOnlyList<FailingSubscription>> ListFailingAsync(long after, int limit, CancellationToken cancellation);

    /// <summary>How a subscription fails, or failed until it was disabled; null when its last attempt succeeded, or none was made.</summary>
    ValueTask<Failing?> ReadFailingAsync(long subscription, CancellationToken cancellation);

    /// <summary>As <see cref="ChangeSubscriptionAsync(string, Func{Subscription, Subscription?}, CancellationToken)"/>, and stages events of the gateway itself in the same commit.</summary>
    /// <param name="announce">Of what stands afterwards; asked only when something was changed. Must be pure.</param>
    ValueTask<Subscription?> ChangeSubscriptionAsync(
        string id, Func<Subscription, Subscription?> change, Func<Subscription, IReadOnlyList<EventContent>> announce, CancellationToken cancellation);
}
