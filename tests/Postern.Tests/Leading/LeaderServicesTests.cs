using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Postern.Leading;
using Postern.Ports;
using Postern.Tests.Callbacks;

namespace Postern.Tests.Leading;

public sealed class LeaderServicesTests : IAsyncDisposable
{
    private readonly Lead store = new();
    private readonly List<string> told = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_node_that_leads_at_once_has_started_when_its_services_have_and_stops_them_in_reverse()
    {
        store.Take();
        using var host = Build();

        await host.StartAsync(Cancellation);
        Assert.Equal(["first starts", "second starts"], told);

        await host.StopAsync(Cancellation);
        Assert.Equal(["second stops", "first stops"], told[2..]);
    }

    [Fact]
    public async Task A_node_that_stands_by_starts_without_them_and_begins_when_it_leads()
    {
        using var host = Build();

        await host.StartAsync(Cancellation);
        Assert.Empty(told);

        store.Take();
        await Until.TrueAsync(() => told.Count == 2);
        Assert.Equal(["first starts", "second starts"], told);
        await host.StopAsync(Cancellation);
        Assert.Equal(["second stops", "first stops"], told[2..]);
    }

    [Fact]
    public async Task Each_duty_begins_when_the_node_leads_in_it_and_the_one_before_has_begun()
    {
        using var host = Build();
        await host.StartAsync(Cancellation);

        store.TakeListener();
        Assert.Empty(told);
        store.TakeCallbacks();

        await Until.TrueAsync(() => told.Count == 2);
        Assert.Equal(["first starts", "second starts"], told);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_service_that_fails_while_the_node_waits_for_its_next_duty_ends_the_host()
    {
        using var host = Build(services => services.AddLeaderService<Breaking>(Duty.Callbacks));
        await host.StartAsync(Cancellation);

        store.TakeCallbacks();

        await host.WaitForShutdownAsync(Cancellation);
        Assert.DoesNotContain("second starts", told);
    }

    [Fact]
    public async Task A_node_that_never_led_stops_without_having_begun()
    {
        using var host = Build();
        await host.StartAsync(Cancellation);

        await host.StopAsync(Cancellation);

        Assert.Empty(told);
        Assert.True(store.WasGivenUp);
    }

    [Fact]
    public async Task A_service_that_fails_when_the_node_begins_to_lead_ends_the_host()
    {
        using var host = Build(services => services.AddLeaderService<Failing>(Duty.Listener));
        await host.StartAsync(Cancellation);

        store.Take();

        await host.WaitForShutdownAsync(Cancellation);
        Assert.Equal(["second stops", "first stops"], told[2..]);
    }

    [Fact]
    public async Task A_service_that_cannot_start_keeps_a_node_that_leads_at_once_from_starting()
    {
        store.Take();
        using var host = Build(services => services.AddLeaderService<Failing>(Duty.Listener));

        await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(Cancellation));
    }

    private IHost Build(Action<IServiceCollection>? also = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<IStore>(store).AddSingleton<IHub, EmbeddedHub>().AddSingleton(told).AddLeaderService<Second>(Duty.Listener).AddLeaderService<First>(Duty.Callbacks);
        also?.Invoke(builder.Services);
        return builder.Build();
    }

    private abstract class Told(List<string> told, string name) : BackgroundService
    {
        public override Task StartAsync(CancellationToken cancellationToken)
        {
            told.Add($"{name} starts");
            return base.StartAsync(cancellationToken);
        }

        public override Task StopAsync(CancellationToken cancellationToken)
        {
            told.Add($"{name} stops");
            return base.StopAsync(cancellationToken);
        }

        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken);
    }

    private sealed class First(List<string> told) : Told(told, "first");

    private sealed class Second(List<string> told) : Told(told, "second");

    private sealed class Failing : BackgroundService
    {
        public override Task StartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("It cannot start.");

        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }

    private sealed class Breaking : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("It breaks.");
        }
    }

    /// <summary>A store of which the test says when the node leads.</summary>
    private sealed class Lead : StoreStub
    {
        private readonly TaskCompletionSource taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource listens = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool WasGivenUp { get; private set; }

        public void Take()
        {
            TakeCallbacks();
            TakeListener();
        }

        public void TakeCallbacks() => taken.SetResult();

        public void TakeListener() => listens.SetResult();

        public override ValueTask LeadAsync(Duty duty, CancellationToken cancellation)
        {
            var lead = duty == Duty.Callbacks ? taken.Task : listens.Task;
            return lead.IsCompleted ? ValueTask.CompletedTask : new ValueTask(WaitAsync(lead, cancellation));
        }

        private async Task WaitAsync(Task lead, CancellationToken cancellation)
        {
            try
            {
                await lead.WaitAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                WasGivenUp = true;
                throw;
            }
        }
    }
}
