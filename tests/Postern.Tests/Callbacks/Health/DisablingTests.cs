using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Retries;
using Postern.Monitoring;
using Postern.Ports;
using Postern.Storage.Sqlite;
using Postern.Tests.Storage;

namespace Postern.Tests.Callbacks.Health;

/// <summary>Days of failing, on a clock that the test moves, in the role on the real store.</summary>
public sealed class DisablingTests : IDisposable
{
    private static readonly CallbacksConfiguration Patient = new()
    {
        Retry = new RetrySettings { Schedule = [TimeSpan.Zero, TimeSpan.FromHours(3)], GiveUpAfter = TimeSpan.FromHours(9), Jitter = 0 },
    };

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new(Start);
    private DateTimeOffset? disabled;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Five_days_of_failing_disable_the_subscription_and_say_why()
    {
        await using var receiver = RawReceiver.Answering(500);
        await using var store = await OpenAsync();
        await using var rig = Rig(store);
        await rig.StartAsync();
        var subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(receiver.Url), Cancellation);

        await PassAsync(rig, store, subscription, () => disabled is not null);

        Assert.InRange(disabled!.Value - Start, TimeSpan.FromDays(5), TimeSpan.FromDays(6));
        var stands = (await store.FindSubscriptionAsync(subscription.Id, Cancellation))!;
        Assert.Equal((SubscriptionState.Disabled, DisabledBy.Gateway), (stands.State, stands.DisabledBy));
        Assert.Contains("The receiver answered 500.", stands.Reason, StringComparison.Ordinal);
        Assert.Equal(0, rig.Get<FailingBoard>().Count);
        var told = await store.ListEventsAsync(new EventQuery { Type = "postern.subscription.disabled" }, Cancellation);
        Assert.Equal(["acme"], Assert.Single(told).Content.Audience!);
        Assert.Single(await store.ListEventsAsync(new EventQuery { Type = "postern.subscription.failing" }, Cancellation));
    }

    [Fact]
    public async Task A_restart_on_the_way_does_not_begin_the_days_anew()
    {
        await using var receiver = RawReceiver.Answering(500);
        Subscription subscription;
        await using (var store = await OpenAsync())
        {
            await using var rig = Rig(store);
            await rig.StartAsync();
            subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(receiver.Url), Cancellation);
            await PassAsync(rig, store, subscription, () => time.GetUtcNow() >= Start.AddDays(3));
        }

        await using var again = await OpenAsync();
        await using var next = Rig(again);
        await next.StartAsync();
        Assert.Equal(1, next.Get<FailingBoard>().Count);

        await PassAsync(next, again, subscription, () => disabled is not null);

        Assert.InRange(disabled!.Value - Start, TimeSpan.FromDays(5), TimeSpan.FromDays(6));
    }

    [Fact]
    public async Task A_subscription_that_is_resumed_or_goes_elsewhere_starts_afresh()
    {
        await using var receiver = RawReceiver.Answering(500);
        await using var store = await OpenAsync();
        await using var rig = Rig(store);
        await rig.StartAsync();
        var subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(receiver.Url), Cancellation);
        await PassAsync(rig, store, subscription, () => rig.Get<FailingBoard>().Count == 1);

        await store.ChangeSubscriptionAsync(subscription.Id, current => current with { Callback = receiver.Url + "/other" }, Cancellation);

        Assert.Null(rig.Get<FailingBoard>().Find(subscription.Number));
        Assert.Null((await store.FindSubscriptionAsync(subscription.Id, Cancellation))!.FailingSince);
    }

    /// <summary>Lets time pass, with something owed at all times, until a condition holds.</summary>
    private async Task PassAsync(CallbackRig rig, SqliteStore store, Subscription subscription, Func<bool> condition)
    {
        while (!condition())
        {
            if (store.Statistics.Pending == 0)
            {
                var staged = await store.StageAsync([CallbackRig.Content()], Cancellation);
                await rig.PublishAsync(await store.CommitMatchesAsync(
                    await store.ReadCursorAsync(Cancellation), staged[0].Sequence, [new Match(staged[0].Sequence, subscription.Number)], Cancellation));
            }

            time.Advance(TimeSpan.FromMinutes(30));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);
        }
    }

    private CallbackRig Rig(SqliteStore store) => new(Patient, change: services => services.AddSingleton<TimeProvider>(time), store: store);

    private async ValueTask<SqliteStore> OpenAsync()
    {
        var store = await SqliteStore.OpenAsync(new SqliteOptions { Path = folder.File("postern.db") }, time, NullLogger.Instance, Cancellation);
        store.SubscriptionChanged += change => disabled ??= change.Subscription.State == SubscriptionState.Disabled ? time.GetUtcNow() : null;
        return store;
    }
}
