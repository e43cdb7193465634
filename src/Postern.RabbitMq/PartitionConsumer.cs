using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Postern.Ports;
using RabbitMQ.Client;

namespace Postern.RabbitMq;

/// <summary>Takes what one queue hands out. The queue's prefetch bounds what it puts into memory.</summary>
/// <param name="end">Told when the broker takes the consumer away.</param>
internal sealed class PartitionConsumer(
    IChannel channel, string queue, PartitionDeliveries deliveries, ChannelWriter<DeliveredBatch> batches, Action<string> end, ILogger logger) : AsyncDefaultBasicConsumer(channel)
{
    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        var delivery = deliveries.Add(deliveryTag);
        if (CallbackMessage.Read(body.Span) is not var (callbacks, again))
        {
            BrokerLog.MessageUnreadable(logger, queue, body.Length);
            delivery.Settle();
        }
        else if (callbacks.Length == 0)
        {
            delivery.Settle();
        }
        else
        {
            batches.TryWrite(new DeliveredBatch(new HubBatch(callbacks) { IsRepeat = again || redelivered, Settled = delivery.Settle }, delivery));
        }

        return Task.CompletedTask;
    }

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        end($"The queue {queue} was removed, or lost its leader.");
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }
}

/// <summary>What a message holds, and the message.</summary>
internal readonly record struct DeliveredBatch(HubBatch Batch, PartitionDeliveries.Delivery Delivery);
