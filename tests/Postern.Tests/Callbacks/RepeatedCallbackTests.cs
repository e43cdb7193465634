using Microsoft.Extensions.DependencyInjection;
using Postern.Callbacks;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Retries;
using Postern.Ports;
using Postern.Tests.Storage;

namespace Postern.Tests.Callbacks;

/// <summary>The callbacks role on a hub that hands out again what it has handed out, and that goes away.</summary>
public sealed class RepeatedCallbackTests : IAsyncDisposable
{
    private static readonly CallbacksConfiguration Patient = new() { Retry = new RetrySettings { Schedule = [TimeSpan.Zero, TimeSpan.FromHours(1)] } };

    private readonly RepeatingHub hub = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task What_comes_again_after_it_was_settled_is_not_sent()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = Rig();
        await rig.StartAsync();
        var first = await rig.CallAsync(rig.Subscribe(receiver.Url));
        await rig.ResultsAsync(1);

        await hub.PublishAgainAsync([first], Cancellation);
        var second = await rig.CallAsync(await SubscriptionOfAsync(rig, first));

        Assert.Equal([first.Id, second.Id], (await rig.ResultsAsync(2)).Select(static result => result.Callback.Id));
        await SettledAsync([first.Id], [first.Id], [second.Id]);
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Fact]
    public async Task What_comes_again_while_it_is_in_work_is_sent_once_and_both_copies_are_settled()
    {
        var answered = new TaskCompletionSource();
        await using var receiver = new RawReceiver(async (stream, _, cancellation) =>
        {
            await answered.Task.WaitAsync(cancellation);
            await stream.WriteAsync("HTTP/1.1 204 X\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancellation);
        });
        await using var rig = Rig();
        await rig.StartAsync();
        var callback = await rig.CallAsync(rig.Subscribe(receiver.Url));
        await Until.TrueAsync(() => receiver.Requests.Count == 1);

        await hub.PublishAgainAsync([callback], Cancellation);
        await SettledAsync([callback.Id]);
        Assert.Equal(1, rig.Get<HandedOut>().Count);
        answered.SetResult();

        await SettledAsync([callback.Id], [callback.Id]);
        Assert.Single(await rig.ResultsAsync(1));
        Assert.Single(receiver.Requests);
        Assert.Equal(0, rig.Get<HandedOut>().Count);
    }

    [Fact]
    public async Task A_late_copy_of_what_was_published_again_is_not_sent_though_it_says_nothing_of_it()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = Rig();
        await rig.StartAsync();
        var subscription = rig.Subscribe(receiver.Url);
        var first = rig.Store.Owe(rig.AddEvent(), subscription);
        await hub.PublishAgainAsync([first], Cancellation);
        await rig.ResultsAsync(1);

        await hub.PublishAsync([first], Cancellation);
        var second = await rig.CallAsync(subscription);

        Assert.Equal([first.Id, second.Id], (await rig.ResultsAsync(2)).Select(static result => result.Callback.Id));
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Fact]
    public async Task What_an_order_has_released_here_is_not_sent_again_when_the_hub_brings_it_too()
    {
        using var folder = new TemporaryFolder();
        await using var store = await SqliteFixture.OpenAsync(folder.File("postern.db"));
        var answered = new TaskCompletionSource();
        var requests = 0;
        await using var receiver = new RawReceiver(async (stream, _, cancellation) =>
        {
            await (Interlocked.Increment(ref requests) == 1 ? Task.CompletedTask : answered.Task.WaitAsync(cancellation));
            await stream.WriteAsync("HTTP/1.1 204 X\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancellation);
        });
        await using var rig = new CallbackRig(Patient, change: services => services.AddSingleton<IHub>(hub), store: store);
        await rig.StartAsync();
        var subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(receiver.Url) with { Order = SubscriptionOrder.Key }, null, Cancellation);
        await store.StageAsync([CallbackRig.Content("1"), CallbackRig.Content("2")], Cancellation);
        await rig.PublishAsync(await store.CommitMatchesAsync(0, 2, [new Match(1, subscription.Number, Order: 5), new Match(2, subscription.Number, Order: 5)], Cancellation));
        await Until.TrueAsync(() => receiver.Requests.Count == 2);

        await hub.PublishAgainAsync(await store.ReadHandedOutAsync(0, 10, Cancellation), Cancellation);
        await Until.TrueAsync(() => hub.Taken == 2);
        answered.SetResult();

        await Until.TrueAsync(() => store.Statistics.Pending == 0 && hub.Settled.Count == 2);
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Fact]
    public async Task A_batch_is_settled_when_the_last_of_it_is_also_by_going_to_disk()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var failing = RawReceiver.Answering(500);
        await using var rig = Rig();
        await rig.StartAsync();
        var (good, bad) = (rig.Subscribe(receiver.Url), rig.Subscribe(failing.Url));
        var callbacks = Enumerable.Range(0, 40).Select(number => rig.Store.Owe(rig.AddEvent(), number % 2 == 0 ? good : bad)).ToList();

        await rig.PublishAsync(callbacks);

        await SettledAsync([.. callbacks.Select(static callback => callback.Id)]);
        Assert.Equal(20, receiver.Requests.Count);
        Assert.Equal(20, rig.Store.Owed);
        Assert.Equal(0, rig.Get<HandedOut>().Count);
    }

    [Fact]
    public async Task A_hub_that_is_away_keeps_no_start_and_is_given_what_is_owed_when_it_is_there()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = Rig();
        var subscription = rig.Subscribe(receiver.Url);
        rig.Store.Owe(rig.AddEvent(), subscription);
        hub.IsAway = true;

        await rig.StartAsync();
        Assert.False(await rig.PublishAsync(rig.Store.Owe(rig.AddEvent(), subscription)));
        Assert.Empty(receiver.Requests);
        hub.Return();

        await rig.ResultsAsync(2);
        Assert.Equal(2, receiver.Requests.Count);
    }

    private CallbackRig Rig() => new(Patient, change: services => services.AddSingleton<IHub>(hub));

    private static async Task<Subscription> SubscriptionOfAsync(CallbackRig rig, DueCallback callback) =>
        (await rig.Store.ReadSubscriptionAsync(callback.Subscription, Cancellation))!;

    private async Task SettledAsync(params IReadOnlyList<long>[] batches)
    {
        await Until.TrueAsync(() => hub.Settled.Count >= batches.Length);
        Assert.Equal(batches.Select(static ids => string.Join(',', ids)), hub.Settled.Select(static ids => string.Join(',', ids)));
    }
}
