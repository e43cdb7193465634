using Postern.Model;

namespace Postern.Ports;

public partial interface IStore
{
    /// <summary>One dead callback; null when there is none with this id.</summary>
    ValueTask<Callback?> FindDeadAsync(long id, CancellationToken cancellation);

    /// <summary>Counts what is owed to a subscription, looking at no more than <paramref name="most"/> rows of each place where it may stand.</summary>
    /// <param name="subscription">Number of the subscription.</param>
    /// <param name="queue">Its queue.</param>
    /// <param name="most">Rows that are looked at.</param>
    /// <param name="cancellation">Ends the wait for a reader.</param>
    ValueTask<OwedCount> CountOwedAsync(long subscription, int queue, int most, CancellationToken cancellation);
}
