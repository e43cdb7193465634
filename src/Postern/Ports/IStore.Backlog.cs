using Postern.Model;

namespace Postern.Ports;

public partial interface IStore
{
    /// <summary>The queues that have a backlog, by growing number: what the lanes start with.</summary>
    ValueTask<IReadOnlyList<QueueBacklog>> ReadQueuesAsync(int after, int limit, CancellationToken cancellation);

    /// <summary>What is due in a queue's backlog by <paramref name="now"/>, earliest first. Costs the same however long the backlog is.</summary>
    /// <param name="latest">What is due later than this is due now, behind the others: a clock that was set back has planned it.</param>
    ValueTask<Backlog> ReadBacklogAsync(int queue, DateTimeOffset now, DateTimeOffset latest, int limit, CancellationToken cancellation);

    /// <summary>
    /// Moves fresh callbacks to the backlog of their subscription's queue, due now: memory has no room for them, or their endpoint takes none.
    /// Where that is another queue than a callback names, <see cref="SubscriptionChanged"/> is raised with the same version.
    /// </summary>
    /// <param name="callbacks">Fresh ones, with <see cref="DueCallback.Queue"/> set to where they are believed to go. One that is not owed any more is left out.</param>
    ValueTask DeferAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation);
}
