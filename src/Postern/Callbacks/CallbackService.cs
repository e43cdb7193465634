using Microsoft.Extensions.Hosting;
using Postern.Callbacks.Health;
using Postern.Callbacks.Lanes;
using Postern.Leading;
using Postern.Model;
using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>
/// The role. <see cref="StartAsync"/> returns when the hub has handed out again what the store says it should have; a host that
/// starts its services in order starts the listener after that, so that no callback is published by both.
/// </summary>
internal sealed class CallbackService : BackgroundService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(10);

    private readonly IStore store;
    private readonly SubscriptionHealth health;
    private readonly HubRebuild rebuild;
    private readonly BacklogSurvey backlogs;
    private readonly CallbackDispatch dispatch;
    private readonly EndpointLanes lanes;
    private readonly UnderWay underWay;
    private readonly TimeProvider time;
    private readonly TaskCompletionSource filled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CallbackService(
        IStore store, SubscriptionHealth health, HubRebuild rebuild, BacklogSurvey backlogs, CallbackDispatch dispatch, EndpointLanes lanes, UnderWay underWay, TimeProvider time)
    {
        this.underWay = underWay;
        this.store = store;
        this.health = health;
        this.rebuild = rebuild;
        this.backlogs = backlogs;
        this.dispatch = dispatch;
        this.lanes = lanes;
        this.time = time;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        store.SubscriptionChanged += Wake;
        await health.LoadAsync(cancellationToken);

        // The hub is bounded: somebody must take what is published. No attempt is made before all of it is, or a callback that a
        // result releases would be published twice.
        await base.StartAsync(cancellationToken);
        var filling = FillAsync(cancellationToken);
        if (await Task.WhenAny(filling, ExecuteTask!) != filling)
        {
            await ExecuteTask!;
        }

        await filling;
        lanes.Open();
        filled.SetResult();
    }

    public override void Dispose()
    {
        store.SubscriptionChanged -= Wake;
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] loops =
        [
            dispatch.RunAsync(stop.Token), lanes.Timer.RunAsync(lanes.WakeAll, stop.Token), lanes.Refills.RunAsync(stop.Token),
            lanes.Deferrals.RunAsync(lanes.Arm, stop.Token), SweepAsync(stop.Token), FollowHubAsync(stop.Token),
        ];

        // When one of them fails, the others end too, and the host hears of it.
        var first = await Task.WhenAny(loops);
        await stop.CancelAsync();
        await lanes.StopAsync();
        if (!stoppingToken.IsCancellationRequested)
        {
            await first;
        }
    }

    private async Task FillAsync(CancellationToken cancellation)
    {
        await rebuild.StartAsync(cancellation);
        await backlogs.ArmAsync(lanes.Arm, tell: true, cancellation);
    }

    private async Task FollowHubAsync(CancellationToken cancellation)
    {
        await filled.Task.WaitAsync(cancellation);
        await rebuild.FollowAsync(cancellation);
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        using var period = new PeriodicTimer(SweepEvery, time);
        while (await period.WaitForNextTickAsync(cancellation))
        {
            lanes.Sweep(IdleTime);
            underWay.Sweep(IdleTime);

            // What came into a backlog without a lane being told: a callback of a subscription that could not be read.
            await backlogs.ArmAsync(lanes.Arm, tell: false, cancellation);
        }
    }

    // A resumed subscription's callbacks are due now, as is what it has taken along to another endpoint. A new one is owed nothing yet.
    private void Wake(SubscriptionChange change)
    {
        var subscription = change.Subscription;
        if (change.Removed || subscription.Version == 1)
        {
            return;
        }

        var place = Place(subscription);
        if (change.Left is { } left)
        {
            // Not on the store's thread: there may be very many.
            var old = Place(left);
            _ = Task.Run(() => lanes.Leave(old, place, subscription.Number));
        }

        if (subscription.State == SubscriptionState.Active)
        {
            lanes.Arm(place);
        }
    }

    private QueueBacklog Place(Subscription subscription) =>
        new(subscription.Queue, EndpointName.Of(new Uri(subscription.Callback)), subscription.Consumer, time.GetUtcNow());
}
