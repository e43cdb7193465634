using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Postern.Hosting;
using Postern.Model;
using Postern.Monitoring;
using Postern.Ports;
using RabbitMQ.Client.Exceptions;

namespace Postern.RabbitMq;

/// <summary>
/// The hub over RabbitMQ: quorum queues by endpoint, every publish confirmed. It never blocks whoever publishes for longer than its deadline:
/// what the broker does not take stays in the store, and is asked for when the broker is back.
/// </summary>
public sealed class RabbitMqHub : IHub
{
    private static readonly KeyValuePair<string, object?> Confirmed = new("result", "confirmed"), Failed = new("result", "failed");

    private readonly RabbitMqOptions options;
    private readonly PosternMeter meter;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly SubscriptionPartitions partitions;
    private readonly HubState state;
    private readonly QueueRepair repair = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource tried = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Bounded by the prefetch of the queues.
    private readonly Channel<DeliveredBatch> batches = Channel.CreateUnbounded<DeliveredBatch>();
    private volatile BrokerSession? session;
    private Task running = Task.CompletedTask;
    private bool begun;

    /// <summary>It does nothing before <see cref="ConnectAsync"/>.</summary>
    public RabbitMqHub(HubSetup setup)
        : this(new RabbitMqOptions { Hub = setup.Hub }, setup)
    {
    }

    internal RabbitMqHub(RabbitMqOptions options, HubSetup setup)
    {
        this.options = options;
        (meter, time, logger) = (setup.Meter, setup.Time, setup.Loggers.CreateLogger<RabbitMqHub>());
        partitions = new SubscriptionPartitions(setup.Store, options.Hub.Partitions);
        state = new HubState(time);
    }

    public bool MayRepeat => true;

    public HubOutage? Outage => state.Outage;

    public async ValueTask ConnectAsync(bool consumes, CancellationToken cancellation)
    {
        if (!Interlocked.Exchange(ref begun, true))
        {
            running = Task.Run(() => RunAsync(consumes, stopping.Token), CancellationToken.None);
        }

        try
        {
            await tried.Task.WaitAsync(options.StartDeadline, time, cancellation);
        }
        catch (TimeoutException)
        {
            // Its outage says why.
        }
    }

    public ValueTask<bool> PublishAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation) => PublishAsync(callbacks, again: false, cancellation);

    public ValueTask<bool> PublishAgainAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation) => PublishAsync(callbacks, again: true, cancellation);

    public async IAsyncEnumerable<HubBatch> ConsumeAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (batch, delivery) in batches.Reader.ReadAllAsync(cancellation))
        {
            // Taken when whoever consumes has done with it and asks for the next.
            try
            {
                yield return batch;
            }
            finally
            {
                delivery.Take();
            }
        }
    }

    public ValueTask WaitForRebuildAsync(CancellationToken cancellation) => state.WaitForRebuildAsync(cancellation);

    public bool TryBeginRebuild() => state.TryBeginRebuild();

    public async ValueTask DisposeAsync()
    {
        if (!stopping.IsCancellationRequested)
        {
            await stopping.CancelAsync();
            await running;
            partitions.Dispose();
            batches.Writer.TryComplete();
        }
    }

    private async ValueTask<bool> PublishAsync(IReadOnlyList<DueCallback> callbacks, bool again, CancellationToken cancellation)
    {
        if (callbacks.Count == 0)
        {
            return true;
        }

        var published = false;
        try
        {
            published = session is { Blocked: null } open && await PublishAsync(open, callbacks, again, cancellation);
        }
        catch (StoreUnavailableException)
        {
            // Without the store nothing is known of the endpoints; what is published again comes from there.
        }
        finally
        {
            if (!published)
            {
                state.Lack();
            }
        }

        return published;
    }

    private async ValueTask<bool> PublishAsync(BrokerSession open, IReadOnlyList<DueCallback> callbacks, bool again, CancellationToken cancellation)
    {
        var messages = await MakeAsync(callbacks, again, cancellation);
        var failure = await open.PublishAsync(messages).WaitAsync(cancellation);
        meter.HubMessages.Add(messages.Count, failure is null ? Confirmed : Failed);
        return failure is null;
    }

    /// <summary>The callbacks of one partition go together, in their order.</summary>
    private async ValueTask<IReadOnlyList<OutgoingMessage>> MakeAsync(IReadOnlyList<DueCallback> callbacks, bool again, CancellationToken cancellation)
    {
        var byPartition = new Dictionary<int, List<DueCallback>>();
        for (var index = 0; index < callbacks.Count; index++)
        {
            var partition = await partitions.OfAsync(callbacks[index].Subscription, cancellation);
            (CollectionsMarshal.GetValueRefOrAddDefault(byPartition, partition, out _) ??= []).Add(callbacks[index]);
        }

        var messages = new List<OutgoingMessage>(byPartition.Count);
        foreach (var (partition, together) in byPartition)
        {
            for (var first = 0; first < together.Count; first += CallbackMessage.Most)
            {
                var part = CollectionsMarshal.AsSpan(together)[first..Math.Min(together.Count, first + CallbackMessage.Most)];
                messages.Add(new OutgoingMessage(options.QueueOf(partition), CallbackMessage.Write(part, again)));
            }
        }

        return messages;
    }

    private async Task RunAsync(bool consumes, CancellationToken cancellation)
    {
        var pause = options.FirstPause;
        while (!cancellation.IsCancellationRequested)
        {
            var opened = time.GetTimestamp();
            var reason = await LiveAsync(consumes, cancellation);
            session = null;
            if (!cancellation.IsCancellationRequested && state.Away(reason))
            {
                BrokerLog.Away(logger, reason);
            }

            tried.TrySetResult();
            pause = time.GetElapsedTime(opened) > options.LongestPause + options.OpenDeadline ? options.FirstPause : pause;
            await Task.Delay(pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < options.LongestPause ? pause * 2 : options.LongestPause;
        }
    }

    /// <summary>One session from its opening to its end; returns why it ended, or why there was none.</summary>
    private async Task<string> LiveAsync(bool consumes, CancellationToken cancellation)
    {
        try
        {
            await using var opened = await BrokerSession.OpenAsync(options, consumes ? new Consumption(batches.Writer, repair.TakeDue()) : null, time, logger, cancellation);
            repair.Succeeded();
            opened.BlockedChanged = () => Follow(opened);
            session = opened;
            BrokerLog.Opened(logger, options.Hub.Partitions, options.Hub.Queues);
            state.Open();
            Follow(opened);
            tried.TrySetResult();
            return await opened.Ended.WaitAsync(cancellation);
        }
        catch (SilentQueuesException silent)
        {
            repair.Failed(silent.Queues);
            return silent.Message;
        }
        catch (Exception exception)
        {
            if (exception is not (OperationCanceledException or TimeoutException or IOException or RabbitMQClientException))
            {
                BrokerLog.Unforeseen(logger, exception);
            }

            return BrokerFault.Explain(exception);
        }
    }

    private void Follow(BrokerSession opened)
    {
        if (opened.Blocked is { } reason)
        {
            if (state.Away(reason))
            {
                BrokerLog.Away(logger, reason);
            }
        }
        else if (state.Outage is not null)
        {
            state.Unblock();
            BrokerLog.Unblocked(logger);
        }
    }
}
