using Microsoft.Extensions.Hosting;
using Postern.Model.Access;
using Postern.Ports;

namespace Postern.Configuration;

/// <summary>Keeps the configuration that runs beside the consumers that are stored: each change holds before its call is answered.</summary>
internal sealed class StoredConsumerFeed(IStore store, LiveConfiguration live) : IHostedService
{
    private readonly Lock gate = new();

    // What another node has changed while the consumers were read; null from then on.
    private List<ConsumerChange>? early = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        store.ConsumerChanged += Take;
        var read = await store.ReadConsumersAsync(cancellationToken);
        lock (gate)
        {
            live.Enrol(read);
            early!.ForEach(live.Enrol);
            early = null;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        store.ConsumerChanged -= Take;
        return Task.CompletedTask;
    }

    private void Take(ConsumerChange change)
    {
        lock (gate)
        {
            if (early is { } waiting)
            {
                waiting.Add(change);
            }
            else
            {
                live.Enrol(change);
            }
        }
    }
}
