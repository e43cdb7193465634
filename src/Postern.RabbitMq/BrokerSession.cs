using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Postern.RabbitMq;

/// <summary>
/// One life with the broker: connections, queues, consumers. Whatever goes wrong with any of them ends it as a whole, and the next one begins
/// from nothing: there is one way to recover. Publishing and consuming have a connection each, because a broker that is short of memory or
/// disk stops reading from those that publish, acknowledgements included.
/// </summary>
internal sealed class BrokerSession : IAsyncDisposable
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CloseDeadline = TimeSpan.FromSeconds(1);

    private readonly RabbitMqOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly TaskCompletionSource<string> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<ulong> acknowledged = Channel.CreateUnbounded<ulong>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<PartitionDeliveries> partitions = [];
    private readonly List<IConnection> connections = [];
    private ConfirmedPublisher? publisher;
    private Task acknowledging = Task.CompletedTask;

    private BrokerSession(RabbitMqOptions options, TimeProvider time, ILogger logger) => (this.options, this.time, this.logger) = (options, time, logger);

    /// <summary>Completes with the reason when it cannot be used any more.</summary>
    public Task<string> Ended => ended.Task;

    /// <summary>Why the broker takes no messages for the moment; null: it does.</summary>
    public string? Blocked { get; private set; }

    /// <summary>Called when <see cref="Blocked"/> has changed.</summary>
    public Action? BlockedChanged { get; set; }

    /// <param name="consumption">What it does besides publishing; null: nothing.</param>
    /// <exception cref="SilentQueuesException">Some of the queues take no messages.</exception>
    public static async Task<BrokerSession> OpenAsync(
        RabbitMqOptions options, Consumption? consumption, TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(options.OpenDeadline, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        var session = new BrokerSession(options, time, logger);
        try
        {
            // What does not heed its token is let go of, too.
            await session.OpenAsync(consumption, limit.Token).WaitAsync(limit.Token);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <returns>Null: the broker has all of them.</returns>
    public async Task<PublishFailure?> PublishAsync(IReadOnlyList<OutgoingMessage> messages)
    {
        var failure = await publisher!.PublishAsync(messages, options.Deadline);
        if (failure is not null && Blocked is null)
        {
            End(failure.Reason);
        }

        return failure;
    }

    public async ValueTask DisposeAsync()
    {
        End("It was closed.");
        acknowledged.Writer.TryComplete();
        foreach (var connection in connections)
        {
            try
            {
                await acknowledging.WaitAsync(CloseDeadline, time);

                // What the broker does not answer is let go of all the same.
                await connection.CloseAsync(Constants.ReplySuccess, "Goodbye", CloseDeadline, abort: true, CancellationToken.None).WaitAsync(CloseDeadline, time);
                await connection.DisposeAsync().AsTask().WaitAsync(CloseDeadline, time);
            }
            catch (TimeoutException)
            {
                BrokerLog.CloseUnanswered(logger);
            }
        }

        publisher?.Dispose();
    }

    private async Task OpenAsync(Consumption? consumption, CancellationToken cancellation)
    {
        var dialler = new BrokerConnections(options);
        var publishing = Watch(await dialler.OpenAsync("publish", cancellation));
        publishing.ConnectionBlockedAsync += (_, told) => Block($"The broker takes no messages: {told.Reason}.");
        publishing.ConnectionUnblockedAsync += (_, _) => Block(null);
        var consuming = Watch(await dialler.OpenAsync("consume", cancellation));

        var consumers = Watch(await consuming.CreateChannelAsync(options: null, cancellation));
        await Task.WhenAll((consumption?.Broken ?? []).Select(queue => RemoveAsync(consuming, queue, cancellation)));
        await DeclareAsync(consumers, cancellation);

        // Its own window and deadline in place of the client's.
        publisher = new ConfirmedPublisher(
            Watch(await publishing.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false, outstandingPublisherConfirmationsRateLimiter: null),
                cancellation)),
            options, time);
        await ProbeAsync();
        if (consumption is not null)
        {
            await ConsumeAsync(consumers, consumption.Batches, cancellation);
        }

        acknowledging = AcknowledgeAsync(consumers);
        _ = SweepAsync();
    }

    // Side by side: the broker waits seconds for a leader that is not there.
    private async Task RemoveAsync(IConnection connection, string queue, CancellationToken cancellation)
    {
        await using var channel = await connection.CreateChannelAsync(options: null, cancellation);

        // Consumed by somebody it is not broken: another node was quicker. To remove it once more would leave that one with a consumer that
        // the broker hands messages to, and that gets none.
        if (await channel.ConsumerCountAsync(queue, cancellation) == 0)
        {
            BrokerLog.QueueRemoved(logger, queue);
            await channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: false, noWait: false, cancellation);
        }
    }

    private async Task DeclareAsync(IChannel channel, CancellationToken cancellation)
    {
        foreach (var queue in options.Queues)
        {
            await channel.QueueDeclareAsync(
                queue, durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-single-active-consumer"] = true }, passive: false, noWait: false, cancellation);
        }
    }

    /// <summary>A message without callbacks through each queue: one that has no leader is declared without complaint, and takes nothing.</summary>
    private async Task ProbeAsync()
    {
        var probe = CallbackMessage.Write([], again: false);
        if (await publisher!.PublishAsync([.. options.Queues.Select(queue => new OutgoingMessage(queue, probe))], options.ProbeDeadline) is { } failure)
        {
            throw Blocked is { } blocked ? new IOException(blocked) : new SilentQueuesException(failure);
        }
    }

    private async Task ConsumeAsync(IChannel channel, ChannelWriter<DeliveredBatch> batches, CancellationToken cancellation)
    {
        await channel.BasicQosAsync(prefetchSize: 0, options.Prefetch, global: false, cancellation);
        foreach (var queue in options.Queues)
        {
            var deliveries = new PartitionDeliveries(acknowledged.Writer, options, time);
            partitions.Add(deliveries);
            await channel.BasicConsumeAsync(queue, autoAck: false, new PartitionConsumer(channel, queue, deliveries, batches, End, logger), cancellation);
        }
    }

    private async Task AcknowledgeAsync(IChannel channel)
    {
        try
        {
            await foreach (var tag in acknowledged.Reader.ReadAllAsync())
            {
                await channel.BasicAckAsync(tag, multiple: false);
            }
        }
        catch (Exception exception)
        {
            // What was not acknowledged comes again, and is known.
            End(BrokerFault.Explain(exception));
        }
    }

    private async Task SweepAsync()
    {
        using var period = new PeriodicTimer(SweepEvery, time);
        while (!ended.Task.IsCompleted && await period.WaitForNextTickAsync())
        {
            partitions.ForEach(static partition => partition.Sweep());
        }
    }

    private IConnection Watch(IConnection connection)
    {
        connections.Add(connection);
        connection.ConnectionShutdownAsync += (_, reason) =>
        {
            End(BrokerFault.Explain(reason));
            return Task.CompletedTask;
        };
        return connection;
    }

    private IChannel Watch(IChannel channel)
    {
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            End(BrokerFault.Explain(reason));
            return Task.CompletedTask;
        };
        channel.CallbackExceptionAsync += (_, failed) =>
        {
            // The client goes on with the channel, perhaps without its consumer.
            End(BrokerFault.Explain(failed.Exception));
            return Task.CompletedTask;
        };
        return channel;
    }

    private Task Block(string? reason)
    {
        Blocked = reason;
        BlockedChanged?.Invoke();
        return Task.CompletedTask;
    }

    private void End(string reason)
    {
        if (ended.TrySetResult(reason))
        {
            publisher?.End();
        }
    }
}

/// <summary>Queues that exist and take no messages.</summary>
internal sealed class SilentQueuesException(PublishFailure failure) : Exception(failure.Reason)
{
    public IReadOnlyList<string> Queues => failure.Silent;
}

/// <summary>What a session does for the node that calls back: it alone repairs queues, so that two nodes do not at the same time.</summary>
/// <param name="Batches">Where what is handed out goes.</param>
/// <param name="Broken">Queues to be removed first: they exist and take nothing.</param>
internal sealed record Consumption(ChannelWriter<DeliveredBatch> Batches, IReadOnlyList<string> Broken);
