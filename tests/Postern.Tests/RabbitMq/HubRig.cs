using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Configuration;
using Postern.Hosting;
using Postern.Model;
using Postern.Monitoring;
using Postern.Ports;
using Postern.RabbitMq;
using RabbitMQ.Client;

namespace Postern.Tests.RabbitMq;

/// <summary>Hubs over one broker, with queues of the rig's own.</summary>
internal sealed class HubRig(string url, HubConfiguration? also = null) : IAsyncDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<IHub> hubs = [];

    /// <summary>Ends what waits for the broker.</summary>
    public CancellationToken Patience { get; init; } = TestContext.Current.CancellationToken;

    /// <summary>Quick where a test waits for something to go wrong.</summary>
    public RabbitMqOptions Options { get; init; } = new()
    {
        Hub = (also ?? new HubConfiguration()) with { Url = [url], Queues = $"test.{Guid.NewGuid():n}", Partitions = 2 },
        Deadline = TimeSpan.FromSeconds(2), LongestPause = TimeSpan.FromSeconds(1),
    };

    public string Url => url;

    public async Task<IHub> OpenAsync(RabbitMqOptions? options = null, bool consumes = true)
    {
        var hub = Make(options);
        await hub.ConnectAsync(consumes, Patience);
        return hub;
    }

    /// <summary>One that is not connected yet.</summary>
    public IHub Make(RabbitMqOptions? options = null)
    {
        var hub = new RabbitMqHub(options ?? Options, new HubSetup
        {
            Hub = Options.Hub, Store = new Endpoints(), Meter = new PosternMeter(services.GetRequiredService<IMeterFactory>()), Time = TimeProvider.System,
            Loggers = NullLoggerFactory.Instance,
        });
        hubs.Add(hub);
        return hub;
    }

    /// <summary>A connection beside the hub's, to look at its queues and to take them away.</summary>
    public async Task<IConnection> ConnectAsync() => await new ConnectionFactory { Uri = new Uri(url) }.CreateConnectionAsync(Patience);

    /// <summary>Takes batches until so many callbacks have come, and settles them or not.</summary>
    public async Task<IReadOnlyList<(DueCallback Callback, bool IsRepeat)>> TakeAsync(IHub hub, int count, bool settle = true)
    {
        var taken = new List<(DueCallback, bool)>();
        await foreach (var batch in hub.ConsumeAsync(Patience))
        {
            taken.AddRange(batch.Callbacks.Select(callback => (callback, batch.IsRepeat)));
            if (settle)
            {
                batch.Settled!();
            }

            if (taken.Count >= count)
            {
                break;
            }
        }

        return taken;
    }

    public static DueCallback Due(long id, long subscription = 1) => new(id, Event: id, subscription, Attempts: 0);

    /// <summary>Ends one hub as a process does that ends in order.</summary>
    public async Task CloseAsync(IHub hub)
    {
        hubs.Remove(hub);
        await hub.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hub in hubs)
        {
            await hub.DisposeAsync();
        }

        await services.DisposeAsync();
    }

    /// <summary>A store whose every subscription has an endpoint of its own.</summary>
    private sealed class Endpoints : StoreStub
    {
        public override ValueTask<Subscription?> ReadSubscriptionAsync(long number, CancellationToken cancellation) => new(new Subscription
        {
            Number = number, Id = $"sub_{number}", Consumer = "acme", Resource = "/orders", Callback = $"http://receiver-{number}.example/", Created = default, Secrets = [],
        });
    }
}
