using Postern.Model;

namespace Postern.Ports;

public partial interface IStore
{
    /// <summary>The subscriptions that are failing and have not ended, by growing number.</summary>
    ValueTask<IReadOnlyList<FailingSubscription>> ListFailingAsync(long after, int limit, CancellationToken cancellation);

    /// <summary>How a subscription fails, or failed until it was disabled; null when its last attempt succeeded, or none was made.</summary>
    ValueTask<Failing?> ReadFailingAsync(long subscription, CancellationToken cancellation);

    /// <summary>What a subscription is owed, as far as a bounded look shows it.</summary>
    ValueTask<Owed> CountOwedAsync(long subscription, CancellationToken cancellation);

    /// <summary>As <see cref="ChangeSubscriptionAsync(string, Func{Subscription, Subscription?}, CancellationToken)"/>, and stages events of the gateway itself in the same commit.</summary>
    /// <param name="announce">Of what stands afterwards; asked only when something was changed. Must be pure.</param>
    ValueTask<Subscription?> ChangeSubscriptionAsync(
        string id, Func<Subscription, Subscription?> change, Func<Subscription, IReadOnlyList<EventContent>> announce, CancellationToken cancellation);
}

/// <summary>What a subscription is owed.</summary>
/// <param name="Count">Callbacks that are pending or parked, at least so many.</param>
/// <param name="More">There may be more than were looked at.</param>
/// <param name="Next">When the first of them is due, which has passed for one that is with the hub; null: none has a due time.</param>
public sealed record Owed(int Count, bool More, DateTimeOffset? Next);
