using Postern.Model;

namespace Postern.Ports;

public partial interface IStore
{
    /// <summary>
    /// Active and pending subscriptions whose receiver is to be asked for its consent by now (<see cref="Proof.Due"/>): of each queue the
    /// first one, by growing number of the queue.
    /// </summary>
    /// <param name="afterQueue">Only those of queues with a greater number.</param>
    ValueTask<IReadOnlyList<Subscription>> ListProofsDueAsync(DateTimeOffset now, int afterQueue, int limit, CancellationToken cancellation);
}
