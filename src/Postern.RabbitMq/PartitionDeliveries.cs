using System.Threading.Channels;

namespace Postern.RabbitMq;

/// <summary>
/// The messages of one queue that were handed out and are not acknowledged, oldest first. Slow endpoints must not use up the queue's
/// prefetch, which others share: when three quarters are taken, the oldest are acknowledged before they are settled. The store has them.
/// </summary>
internal sealed class PartitionDeliveries(ChannelWriter<ulong> acknowledge, RabbitMqOptions options, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Queue<Delivery> oldest = new();
    private int unsettled;

    /// <returns>What settles it.</returns>
    public Action Add(ulong tag)
    {
        var delivery = new Delivery(tag, time.GetTimestamp());
        lock (gate)
        {
            oldest.Enqueue(delivery);
            unsettled++;
            while (unsettled > options.Prefetch * 3 / 4)
            {
                End(oldest.Dequeue());
            }
        }

        return () => Settle(delivery);
    }

    /// <summary>Lets go of those that have waited for too long.</summary>
    public void Sweep()
    {
        lock (gate)
        {
            while (oldest.TryPeek(out var first) && (first.IsEnded || time.GetElapsedTime(first.Since) > options.LongestUnsettled))
            {
                End(oldest.Dequeue());
            }
        }
    }

    private void Settle(Delivery delivery)
    {
        lock (gate)
        {
            End(delivery);
            while (oldest.TryPeek(out var first) && first.IsEnded)
            {
                oldest.Dequeue();
            }
        }
    }

    private void End(Delivery delivery)
    {
        if (!delivery.IsEnded)
        {
            delivery.IsEnded = true;
            unsettled--;
            acknowledge.TryWrite(delivery.Tag);
        }
    }

    private sealed class Delivery(ulong tag, long since)
    {
        public ulong Tag => tag;

        public long Since => since;

        public bool IsEnded { get; set; }
    }
}
