using System.Threading.Channels;
using Postern.Ports;

namespace Postern.Listener;

/// <summary>
/// Changes of subscriptions on their way from the store to the index. Each is applied between the events it was committed
/// between, so that an event is matched with what stood when it was staged; only an end holds at once, also for older events.
/// </summary>
internal sealed class ChangeFeed
{
    private readonly Channel<SubscriptionChange> incoming =
        Channel.CreateUnbounded<SubscriptionChange>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Queue<SubscriptionChange> waiting = new();
    private readonly HashSet<long> ended = [];

    /// <summary>Called by the store, from any thread, in commit order.</summary>
    public void Add(SubscriptionChange change) => incoming.Writer.TryWrite(change);

    /// <summary>Completes when changes have come.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => incoming.Reader.WaitToReadAsync(cancellation);

    /// <summary>Takes over what has come; <paramref name="remove"/> is called for each subscription that has ended.</summary>
    public void Drain(Action<long> remove)
    {
        while (incoming.Reader.TryRead(out var change))
        {
            waiting.Enqueue(change);
            if (change.Removed && ended.Add(change.Subscription.Number))
            {
                remove(change.Subscription.Number);
            }
        }
    }

    /// <summary>The next change that holds for the event at <paramref name="sequence"/>.</summary>
    public bool TryTake(long sequence, out SubscriptionChange change)
    {
        while (waiting.TryPeek(out change!) && change.Log < sequence)
        {
            waiting.Dequeue();
            if (change.Removed)
            {
                // Numbers are never used again: what came before the end has been passed over.
                ended.Remove(change.Subscription.Number);
            }
            else if (!ended.Contains(change.Subscription.Number))
            {
                return true;
            }
        }

        return false;
    }
}
