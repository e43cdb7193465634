using Postern.Model;

namespace Postern.Ports;

/// <summary>
/// Hands due callbacks to the workers. It distributes and nothing else: what it loses is published again from the store.
/// </summary>
public interface IHub : IAsyncDisposable
{
    /// <summary>
    /// This node is going to publish, and to consume perhaps: a node that does neither keeps nothing open. Returns when the hub is there, or when that takes too
    /// long: then it goes on trying, and <see cref="Outage"/> says why. Asked again it has nothing to do.
    /// </summary>
    /// <param name="consumes">It calls <see cref="ConsumeAsync"/>; what is handed to a node that does not would reach nobody.</param>
    ValueTask ConnectAsync(bool consumes, CancellationToken cancellation);

    /// <summary>Gives callbacks that are due now to whoever consumes. Those of one endpoint keep their order.</summary>
    /// <returns>
    /// False: the hub is away, or could not make sure of all of them within its deadline. They are in the store, and
    /// <see cref="WaitForRebuildAsync"/> tells when to publish them from there: whoever publishes need not try again.
    /// </returns>
    /// <exception cref="OperationCanceledException">Cancelled while it waited; what became of the callbacks is not known.</exception>
    ValueTask<bool> PublishAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation);

    /// <summary>The same for callbacks from the store that may have been published before: whoever consumes them is told so.</summary>
    /// <inheritdoc cref="PublishAsync"/>
    ValueTask<bool> PublishAgainAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation);

    /// <summary>The callbacks for this node, batch by batch, until cancelled.</summary>
    IAsyncEnumerable<HubBatch> ConsumeAsync(CancellationToken cancellation);

    /// <summary>Completes when the hub takes callbacks and may lack some of what the store has handed out: at first, and after each loss.</summary>
    ValueTask WaitForRebuildAsync(CancellationToken cancellation);

    /// <summary>Whether there is something to publish again, which counts as begun by this. What is lost meanwhile asks for the next rebuild.</summary>
    bool TryBeginRebuild();

    /// <summary>It may hand out the same callback more than once: whoever consumes must know what it has.</summary>
    bool MayRepeat { get; }

    /// <summary>Since when and why it hands out nothing, or takes nothing; null: it does both.</summary>
    HubOutage? Outage { get; }
}

/// <summary>Callbacks as a hub hands them out.</summary>
/// <param name="Callbacks">Due now.</param>
public readonly record struct HubBatch(IReadOnlyList<DueCallback> Callbacks)
{
    /// <summary>Some of them may have been handed out before, to this node or another, and may be settled in the store by now.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>To be called once when all of them are settled in the store, or are not owed any more; null: the hub does not ask.</summary>
    public Action? Settled { get; init; }
}

/// <summary>A hub that is away.</summary>
/// <param name="Since">When it went.</param>
/// <param name="Reason">A sentence for an operator, without secrets.</param>
public sealed record HubOutage(DateTimeOffset Since, string Reason);
