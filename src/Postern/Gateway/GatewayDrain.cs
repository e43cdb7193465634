using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Gateway.Pipeline;
using Postern.Monitoring;

namespace Postern.Gateway;

/// <summary>
/// Gives balancers the time to turn away before the port closes: the node says that it is not ready, and goes on with everything for <c>gateway.drain</c>.
/// </summary>
/// <remarks>
/// The host asks the last one registered first, and waits for it before it asks the next. So it must be registered behind what begins to end there: a node
/// that leads goes on leading, because it gives up the lead only with its store.
/// </remarks>
internal sealed class GatewayDrain(
    LiveConfiguration live, Readiness readiness, Draining draining, TimeProvider time, ILogger<GatewayDrain> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var drain = live.Current.Gateway.Drain;
        // A host that is told to stop a second time asks again.
        if (drain == TimeSpan.Zero || draining.HasBegun)
        {
            return;
        }

        draining.Begin();
        readiness.Report(Readiness.ShutDown, "The process is stopping: it takes calls only until balancers have turned away.");
        logger.Drains(drain);
        await Task.Delay(drain, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
