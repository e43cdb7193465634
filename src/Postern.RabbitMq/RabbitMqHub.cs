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
    private readonly IStore store;
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

    private RabbitMqHub(RabbitMqOptions options, HubSetup setup)
    {
        (this.options, store) = (options, setup.Store);
        (meter, time, logger) = (setup.Meter, setup.Time, setup.Loggers.CreateLogger<RabbitMqHub>());
        partitions = new SubscriptionPartitions(setup.Store, options.Hub.Partitions);
        state = new HubState(time);
    }

    public bool MayRepeat => true;

    public HubOutage? Outage => state.Outage;

    /// <summary>Connects, and goes on without the broker where that takes too long: then it says so, and goes on trying.</summary>
    public static ValueTask<IHub> OpenAsync(HubSetup setup, CancellationToken cancellation) =>
        OpenAsync(new RabbitMqOptions { Hub = setup.Hub }, setup, cancellation);

    internal static async ValueTask<IHub> OpenAsync(RabbitMqOptions options, HubSetup setup, CancellationToken cancellation)
    {
        var hub = new RabbitMqHub(options, setup);
        hub.running = Task.Run(() => hub.RunAsync(hub.stopping.Token), CancellationToken.None);
        try
        {
            await hub.tried.Task.WaitAsync(options.StartDeadline, setup.Time, cancellation);
        }
        catch (TimeoutException)
        {
            // Its outage says why.
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }

        return hub;
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

    private async Task RunAsync(CancellationToken cancellation)
    {
        if (!await WaitForLeadAsync(cancellation))
        {
            return;
        }

        var pause = options.FirstPause;
        while (!cancellation.IsCancellationRequested)
        {
            var opened = time.GetTimestamp();
            var reason = await LiveAsync(cancellation);
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

    /// <summary>Only the node that calls back has a session: one that consumed and took nothing would keep from it what is due. False when cancelled.</summary>
    private async Task<bool> WaitForLeadAsync(CancellationToken cancellation)
    {
        var lead = store.LeadAsync(cancellation).AsTask();
        if (await Task.WhenAny(lead, Task.Delay(options.LeadPatience, time, cancellation)) != lead)
        {
            state.Away("This node stands by: the node that leads has the hub.");
            tried.TrySetResult();
        }

        await ((Task)lead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return lead.IsCompletedSuccessfully;
    }

    /// <summary>One session from its opening to its end; returns why it ended, or why there was none.</summary>
    private async Task<string> LiveAsync(CancellationToken cancellation)
    {
        try
        {
            await using var opened = await BrokerSession.OpenAsync(options, batches.Writer, repair.TakeDue(), time, logger, cancellation);
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
