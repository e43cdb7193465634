using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Ports;

namespace Postern.Leading;

/// <summary>
/// Runs what only a node that leads does. Where it leads in all of its duties within a second, <see cref="StartAsync"/> returns when all of that has started; otherwise
/// then, so that the ports open, and the rest starts when the node leads. When one of the services fails, this one does, and the host hears of it.
/// </summary>
/// <remarks>A duty is asked for when the one before has begun: who matches for an embedded hub is who calls back, on whichever node.</remarks>
internal sealed class LeaderServices(
    IStore store, IHub hub, IServiceProvider services, IEnumerable<LeaderService> registered, TimeProvider time, ILogger<LeaderServices> logger)
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
            foreach (var duty in registered.GroupBy(static service => service.Duty).OrderBy(static duty => duty.Key))
            {
                await LeadAsync(duty.Key, stoppingToken);
                await BeginAsync(duty, stoppingToken);
            }

            settled.TrySetResult();
            await FollowAsync(null, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task LeadAsync(Duty duty, CancellationToken stopping)
    {
        var asked = store.LeadAsync(duty, stopping).AsTask();
        if (!asked.IsCompleted && await Task.WhenAny(asked, Task.Delay(Patience, time, stopping)) != asked)
        {
            logger.StandingBy(duty);
            settled.TrySetResult();
        }

        await FollowAsync(asked, stopping);
    }

    private async Task BeginAsync(IGrouping<Duty, LeaderService> duty, CancellationToken stopping)
    {
        logger.Begins(duty.Key);
        await hub.ConnectAsync(consumes: duty.Key == Duty.Callbacks, stopping);
        foreach (var service in duty)
        {
            var next = (BackgroundService)services.GetRequiredService(service.Type);
            running.Push(next);
            await next.StartAsync(stopping);
        }

        logger.Leads(duty.Key);
    }

    /// <summary>Goes on until something is there that was waited for, or one of the services has failed.</summary>
    private async Task FollowAsync(Task? awaited, CancellationToken stopping)
    {
        var services = running.Select(static service => service.ExecuteTask!);
        await foreach (var ended in Task.WhenEach(awaited is null ? services : services.Prepend(awaited)).WithCancellation(stopping))
        {
            await ended;
            if (ended == awaited)
            {
                return;
            }
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
