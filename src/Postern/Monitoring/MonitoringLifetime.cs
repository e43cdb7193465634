using Microsoft.Extensions.Hosting;

namespace Postern.Monitoring;

/// <summary>Follows the host: ready once every hosted service has started, not ready any more as soon as it stops, so that balancers turn away first.</summary>
internal sealed class MonitoringLifetime(Readiness readiness, Gauges gauges) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        gauges.Register();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        readiness.Report(Readiness.StartUp, null);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.Report(Readiness.ShutDown, "The process is stopping.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
