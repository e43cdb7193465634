using Microsoft.Extensions.Hosting;
using Postern.Callbacks.Health;
using Postern.Model;
using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>
/// The role. <see cref="StartAsync"/> returns when the hub has again what the store says it should have; a host that starts
/// its services in order starts the listener after that, so that no callback is published by both.
/// </summary>
internal sealed class CallbackService : BackgroundService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(10);

    private readonly IStore store;
    private readonly SubscriptionHealth health;
    private readonly HubRebuild rebuild;
    private readonly CallbackDispatch dispatch;
    private readonly Lanes lanes;
    private readonly DueTimer timer;
    private readonly TimeProvider time;

    public CallbackService(
        IStore store, SubscriptionHealth health, HubRebuild rebuild, CallbackDispatch dispatch, Lanes lanes, DueTimer timer, TimeProvider time)
    {
        this.store = store;
        this.health = health;
        this.rebuild = rebuild;
        this.dispatch = dispatch;
        this.lanes = lanes;
        this.timer = timer;
        this.time = time;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        store.SubscriptionChanged += Wake;
        await health.LoadAsync(cancellationToken);
        await rebuild.RunAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        store.SubscriptionChanged -= Wake;
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] loops = [dispatch.RunAsync(stop.Token), timer.RunAsync(stop.Token), SweepAsync(stop.Token)];

        // When one of them fails, the others end too, and the host hears of it.
        var first = await Task.WhenAny(loops);
        await stop.CancelAsync();
        await lanes.StopAsync();
        if (!stoppingToken.IsCancellationRequested)
        {
            await first;
        }
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        using var period = new PeriodicTimer(SweepEvery, time);
        while (await period.WaitForNextTickAsync(cancellation))
        {
            lanes.Sweep(IdleTime);
        }
    }

    // A resumed subscription's callbacks are due now, and only the store knows which.
    private void Wake(SubscriptionChange change)
    {
        if (!change.Removed && change.Subscription.State == SubscriptionState.Active)
        {
            timer.Arm(time.GetUtcNow());
        }
    }
}
