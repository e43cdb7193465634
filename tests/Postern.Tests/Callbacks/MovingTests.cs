using Microsoft.Extensions.Logging.Abstractions;
using Postern.Callbacks.Lanes;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Retries;
using Postern.Ports;
using Postern.Storage.Sqlite;

namespace Postern.Tests.Callbacks;

/// <summary>A subscription that is changed to another endpoint takes along what it is owed.</summary>
public sealed class MovingTests : IDisposable
{
    // Nothing comes back to an endpoint by itself while a test runs.
    private static readonly CallbacksConfiguration Patient = new()
    {
        Retry = new RetrySettings { Schedule = [TimeSpan.Zero, TimeSpan.FromHours(1)], Jitter = 0 }, Timeout = TimeSpan.FromMinutes(1),
    };

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("postern-moving-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task What_waits_for_an_endpoint_that_is_down_goes_to_the_new_one_at_once()
    {
        await using var down = RawReceiver.Answering(503, "Retry-After: 300\r\n");
        await using var up = RawReceiver.Answering(204);
        await using var store = await OpenAsync();
        await using var rig = new CallbackRig(Patient, store: store);
        await rig.StartAsync();
        var subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(down.Url), Cancellation);
        await rig.PublishAsync(await OweAsync(store, 300, subscription));
        await Until.TrueAsync(() => rig.Board.Read().SingleOrDefault()?.Breaker == "open" && rig.Get<LaneDeferrals>().Outstanding == 0);
        var tried = down.Requests.Count;

        await MoveAsync(store, subscription, up);

        await Until.TrueAsync(() => store.Statistics.Pending == 0);
        Assert.Equal(300, up.Requests.Select(IdOf).Distinct().Count());
        Assert.Equal(300, up.Requests.Count);
        Assert.Equal(tried, down.Requests.Count);
    }

    [Fact]
    public async Task What_waits_in_memory_goes_to_the_new_endpoint_while_the_old_one_hangs()
    {
        var release = new TaskCompletionSource();
        await using var hangs = new RawReceiver(async (stream, _, cancellation) =>
        {
            await release.Task.WaitAsync(cancellation);
            await stream.WriteAsync("HTTP/1.1 204 X\r\n\r\n"u8.ToArray(), cancellation);
        });
        await using var up = RawReceiver.Answering(204);
        await using var store = await OpenAsync();
        await using var rig = new CallbackRig(Patient, store: store);
        await rig.StartAsync();
        var subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(hangs.Url), Cancellation);
        await rig.PublishAsync(await OweAsync(store, 50, subscription));
        await Until.TrueAsync(() => hangs.Requests.Count == 1 && rig.Board.Read().SingleOrDefault()?.Waiting == 49);

        await MoveAsync(store, subscription, up);

        await Until.TrueAsync(() => up.Requests.Count == 49 && store.Statistics.Pending == 1);
        release.SetResult();
        await Until.TrueAsync(() => store.Statistics.Pending == 0);
        Assert.Equal(49, up.Requests.Count);
        Assert.Single(hangs.Requests);
    }

    [Fact]
    public async Task A_callback_under_way_at_the_old_endpoint_is_not_sent_to_the_new_one_as_well()
    {
        var release = new TaskCompletionSource();
        var asked = 0;
        await using var old = new RawReceiver(async (stream, _, cancellation) =>
        {
            if (Interlocked.Increment(ref asked) > 1)
            {
                await release.Task.WaitAsync(cancellation);
                await stream.WriteAsync("HTTP/1.1 204 X\r\n\r\n"u8.ToArray(), cancellation);
            }
            else
            {
                await stream.WriteAsync("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancellation);
            }
        });
        await using var up = RawReceiver.Answering(204);
        await using var store = await OpenAsync();
        var quick = Patient with { Retry = new RetrySettings { Schedule = [TimeSpan.Zero, TimeSpan.FromMilliseconds(20)], Jitter = 0 } };
        await using var rig = new CallbackRig(quick, store: store);
        await rig.StartAsync();
        var subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(old.Url), Cancellation);

        // Tried again, it is under way from the backlog, and goes along with it.
        await rig.PublishAsync(await OweAsync(store, 1, subscription));
        await Until.TrueAsync(() => old.Requests.Count == 2);
        await MoveAsync(store, subscription, up);

        // The new lane has read its backlog when what came later is delivered.
        await rig.PublishAsync(await OweAsync(store, 1, subscription));
        await Until.TrueAsync(() => !up.Requests.IsEmpty && store.Statistics.Pending == 1);
        release.SetResult();
        await Until.TrueAsync(() => store.Statistics.Pending == 0);

        Assert.Single(up.Requests);
        Assert.Equal(2, old.Requests.Count);
    }

    [Fact]
    public async Task Late_bad_news_from_the_old_endpoint_decides_nothing()
    {
        var release = new TaskCompletionSource();
        await using var old = new RawReceiver(async (stream, _, cancellation) =>
        {
            await release.Task.WaitAsync(cancellation);
            await stream.WriteAsync("HTTP/1.1 410 X\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancellation);
        });
        await using var up = RawReceiver.Answering(204);
        await using var store = await OpenAsync();
        await using var rig = new CallbackRig(Patient, store: store);
        await rig.StartAsync();
        var subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(old.Url), Cancellation);
        await rig.PublishAsync(await OweAsync(store, 1, subscription));
        await Until.TrueAsync(() => old.Requests.Count == 1);

        await MoveAsync(store, subscription, up);
        release.SetResult();

        await Until.TrueAsync(() => store.Statistics.Pending == 0);
        Assert.Single(up.Requests);
        Assert.Equal(SubscriptionState.Active, (await store.ReadSubscriptionAsync(subscription.Number, Cancellation))!.State);
    }

    [Fact]
    public async Task Callbacks_of_one_key_keep_their_order_over_the_change()
    {
        await using var down = RawReceiver.Answering(503, "Retry-After: 300\r\n");
        await using var up = RawReceiver.Answering(204);
        await using var store = await OpenAsync();
        await using var rig = new CallbackRig(Patient, store: store);
        await rig.StartAsync();
        var subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(down.Url) with { Order = SubscriptionOrder.Key }, Cancellation);
        await rig.PublishAsync(await OweAsync(store, 20, subscription, order: 7));
        await Until.TrueAsync(() => rig.Board.Read().SingleOrDefault()?.Breaker == "open");

        await MoveAsync(store, subscription, up);
        await rig.PublishAsync(await OweAsync(store, 20, subscription, order: 7));

        await Until.TrueAsync(() => store.Statistics.Pending == 0);
        var sequences = up.Requests.Select(request => EventId.TryReadSequence(IdOf(request), out var sequence) ? sequence : 0).ToList();
        Assert.Equal(Enumerable.Range(1, 40).Select(number => (long)number), sequences);
    }

    private static string IdOf(string request) =>
        request.Split("\r\n").First(line => line.StartsWith("ce-id:", StringComparison.OrdinalIgnoreCase)).Split(':', 2)[1].Trim();

    private ValueTask<SqliteStore> OpenAsync() => SqliteStore.OpenAsync(
        new SqliteOptions { Path = Path.Combine(folder.FullName, "postern.db") }, TimeProvider.System, NullLogger.Instance, Cancellation);

    private static async Task MoveAsync(SqliteStore store, Subscription subscription, RawReceiver to) =>
        await store.ChangeSubscriptionAsync(subscription.Id, current => current with { Callback = to.Url }, Cancellation);

    // What the listener does.
    private static async Task<IReadOnlyList<DueCallback>> OweAsync(SqliteStore store, int count, Subscription subscription, long order = 0)
    {
        var from = await store.ReadCursorAsync(Cancellation);
        var staged = await store.StageAsync([.. Enumerable.Range(0, count).Select(number => CallbackRig.Content($"{number}"))], Cancellation);
        return await store.CommitMatchesAsync(
            from, staged[^1].Sequence, [.. staged.Select(@event => new Match(@event.Sequence, subscription.Number, order))], Cancellation);
    }
}
