using System.Threading.Channels;
using Postern.Model;

namespace Postern.Ports;

/// <summary>The hub of a single process: a channel, which wakes the consumer at once.</summary>
public sealed class EmbeddedHub : IHub
{
    // Unbounded: the batches it holds are taken into the lanes as soon as they come.
    private readonly Channel<IReadOnlyList<DueCallback>> batches =
        Channel.CreateUnbounded<IReadOnlyList<DueCallback>>(new UnboundedChannelOptions { SingleReader = true });

    public ValueTask PublishAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation) =>
        callbacks.Count == 0 ? ValueTask.CompletedTask : batches.Writer.WriteAsync(callbacks, cancellation);

    public IAsyncEnumerable<IReadOnlyList<DueCallback>> ConsumeAsync(CancellationToken cancellation) =>
        batches.Reader.ReadAllAsync(cancellation);

    public ValueTask DisposeAsync()
    {
        batches.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }
}
