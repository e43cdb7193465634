using Microsoft.Extensions.Hosting;
using Postern.Ports;

namespace Postern.Configuration;

/// <summary>Keeps the configuration that runs beside the consumers that are stored: each change holds before its call is answered.</summary>
internal sealed class StoredConsumerFeed(IStore store, LiveConfiguration live) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        live.Enrol(await store.ReadConsumersAsync(cancellationToken));

        // No port is open yet: nothing has changed since.
        store.ConsumerChanged += live.Enrol;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        store.ConsumerChanged -= live.Enrol;
        return Task.CompletedTask;
    }
}
