using System.Threading.Channels;

namespace Postern.RabbitMq;

/// <summary>
/// The messages of one queue that were handed out and are not acknowledged, oldest first. Slow endpoints must not use up the queue's
/// prefetch, which others share: when three quarters are taken, the oldest that workers have are acknowledged before they are settled. The
/// store has them. What no worker has yet is not: the prefetch bounds what waits here.
/// </summary>
internal sealed class PartitionDeliveries(ChannelWriter<ulong> acknowledge, RabbitMqOptions options, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Queue<Delivery> oldest = new();
    private int unsettled;

    public Delivery Add(ulong tag)
    {
        var delivery = new Delivery(this, tag, time.GetTimestamp());
        lock (gate)
        {
            oldest.Enqueue(delivery);
            unsettled++;
            Relieve();
        }

        return delivery;
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

    private void Take(Delivery delivery)
    {
        lock (gate)
        {
            delivery.IsTaken = true;
            Relieve();
        }
    }

    private void Settle(Delivery delivery)
    {
        lock (gate)
        {
            End(delivery);
            Relieve();
        }
    }

    private void Relieve()
    {
        while (oldest.TryPeek(out var first) && (first.IsEnded || (first.IsTaken && unsettled > options.Prefetch * 3 / 4)))
        {
            End(oldest.Dequeue());
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

    /// <summary>One message.</summary>
    internal sealed class Delivery(PartitionDeliveries all, ulong tag, long since)
    {
        public ulong Tag => tag;

        public long Since => since;

        public bool IsTaken { get; set; }

        public bool IsEnded { get; set; }

        /// <summary>Whoever consumes has put its callbacks where they belong.</summary>
        public void Take() => all.Take(this);

        /// <summary>All of its callbacks are settled in the store.</summary>
        public void Settle() => all.Settle(this);
    }
}
