using Postern.Model;

namespace Postern.Ports;

/// <summary>
/// Hands due callbacks to the workers. It distributes and nothing else: what it loses is published again from the store.
/// </summary>
public interface IHub : IAsyncDisposable
{
    /// <summary>Gives callbacks that are due now to whoever consumes. Their order is kept.</summary>
    ValueTask PublishAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation);

    /// <summary>The callbacks for this node, batch by batch, until cancelled.</summary>
    IAsyncEnumerable<IReadOnlyList<DueCallback>> ConsumeAsync(CancellationToken cancellation);
}
