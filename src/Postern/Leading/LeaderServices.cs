using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Ports;

namespace Postern.Leading;

/// <summary>
/// Runs what only the node that leads does. Where it leads within a second, <see cref="StartAsync"/> returns when all of that has started; otherwise then, so
/// that the ports open, and all of it starts when the node leads. When one of the services fails, this one does, and the host hears of it.
/// </summary>
internal sealed class LeaderServices(
    IStore store, IServiceProvider services, IEnumerable<LeaderService> registered, TimeProvider time, ILogger<LeaderServices> logger)
    : BackgroundService, IHostedLifecycleService
{
    // A node that is alone leads by then, and starts as if there could be no other.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stack<BackgroundService> running = new();
    private Task? ending;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        await await Task.WhenAny(settled.Task, ExecuteTask!);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Not only when the ports are closed: a caller that takes its time to the last must leave the attempts under way the time to be recorded.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        ending = EndAsync(cancellationToken);
        return Task.CompletedTask;
    }

    public override Task StopAsync(CancellationToken cancellationToken) => ending ??= EndAsync(cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var asked = store.LeadAsync(stoppingToken).AsTask();
            if (!asked.IsCompleted && await Task.WhenAny(asked, Task.Delay(Patience, time, stoppingToken)) != asked)
            {
                logger.StandingBy();
                settled.SetResult();
            }

            await asked;
            await BeginAsync(stoppingToken);
            settled.TrySetResult();
            await FailAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task BeginAsync(CancellationToken stopping)
    {
        logger.Begins();
        foreach (var service in registered)
        {
            var next = (BackgroundService)services.GetRequiredService(service.Type);
            running.Push(next);
            await next.StartAsync(stopping);
        }

        logger.Leads();
    }

    /// <summary>Goes on until one of the services has failed.</summary>
    private async Task FailAsync(CancellationToken stopping)
    {
        await foreach (var ended in Task.WhenEach(running.Select(static service => service.ExecuteTask!)).WithCancellation(stopping))
        {
            await ended;
        }
    }

    private async Task EndAsync(CancellationToken cancellation)
    {
        // Before any of them is stopped: none may be about to start.
        await base.StopAsync(cancellation);
        while (running.TryPop(out var service))
        {
            await service.StopAsync(cancellation);
        }
    }
}
