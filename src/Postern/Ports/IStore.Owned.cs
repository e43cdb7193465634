using Postern.Model;

namespace Postern.Ports;

public partial interface IStore
{
    /// <summary>
    /// A consumer's own subscription; null when there is none with this id, or it is somebody else's. Of that one nothing but whose it is
    /// is read: how long the answer takes does not tell that it is there.
    /// </summary>
    ValueTask<Subscription?> FindOwnSubscriptionAsync(string id, string consumer, CancellationToken cancellation);
}
