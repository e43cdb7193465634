using Microsoft.Extensions.Logging.Abstractions;
using Postern.Callbacks.Outcomes;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Retries;
using Postern.Ports;
using Postern.Storage.Sqlite;

namespace Postern.Tests.Callbacks;

/// <summary>The role on the store that really keeps what it records.</summary>
public sealed class CallbacksOnSqliteTests : IDisposable
{
    private static readonly CallbacksConfiguration Quick = new()
    {
        Retry = new RetrySettings { Schedule = [TimeSpan.Zero, TimeSpan.FromMilliseconds(20)], Jitter = 0 },
    };

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("postern-callbacks-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Attempts_and_their_outcomes_are_in_the_store()
    {
        var answers = 0;
        await using var receiver = new RawReceiver(async (stream, _, cancellation) => await stream.WriteAsync(
            Interlocked.Increment(ref answers) == 1 ? "HTTP/1.1 500 X\r\nContent-Length: 4\r\n\r\noops"u8.ToArray() : "HTTP/1.1 204 X\r\n\r\n"u8.ToArray(),
            cancellation));
        await using var store = await OpenAsync();
        await using var rig = new CallbackRig(Quick, store: store);
        await rig.StartAsync();
        var subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(receiver.Url), TestContext.Current.CancellationToken);

        await rig.PublishAsync(await OweAsync(store, subscription, 1));

        await Until.TrueAsync(() => store.Statistics.Pending == 0);
        var attempts = await store.ListAttemptsAsync(new AttemptQuery(), TestContext.Current.CancellationToken);
        Assert.Equal([(AttemptOutcome.Delivered, 204, 2), (AttemptOutcome.Retry, 500, 1)],
            attempts.Select(entry => (entry.Attempt.Outcome, entry.Attempt.Status ?? 0, entry.Ordinal)));
        Assert.Equal("oops"u8.ToArray(), attempts[1].Attempt.Response.ToArray());
    }

    [Fact]
    public async Task After_a_restart_everything_owed_is_sent_once()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using (var store = await OpenAsync())
        {
            var subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(receiver.Url), TestContext.Current.CancellationToken);
            await OweAsync(store, subscription, 100);
        }

        await using var again = await OpenAsync();
        await using var rig = new CallbackRig(Quick, store: again);
        await rig.StartAsync();

        await Until.TrueAsync(() => again.Statistics.Pending == 0);
        Assert.Equal(100, receiver.Requests.Count);
    }

    [Fact]
    public async Task Gone_ends_the_subscription_and_what_it_was_owed()
    {
        await using var receiver = RawReceiver.Answering(410);
        await using var store = await OpenAsync();
        await using var rig = new CallbackRig(Quick, store: store);
        await rig.StartAsync();
        var subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(receiver.Url), TestContext.Current.CancellationToken);

        await rig.PublishAsync(await OweAsync(store, subscription, 20));

        await Until.TrueAsync(() => store.Statistics.Pending == 0);
        Assert.Equal(SubscriptionState.Gone, (await store.ReadSubscriptionAsync(subscription.Number, TestContext.Current.CancellationToken))!.State);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task What_was_parked_is_sent_after_resuming()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var store = await OpenAsync();
        await using var rig = new CallbackRig(Quick, store: store);
        await rig.StartAsync();
        var subscription = await store.AddSubscriptionAsync(
            CallbackRig.Describe(receiver.Url, state: SubscriptionState.Paused), TestContext.Current.CancellationToken);
        await rig.PublishAsync(await OweAsync(store, subscription, 5));
        await Until.TrueAsync(() =>
            store.ListCallbacksAsync(new CallbackQuery { State = CallbackState.Parked }, default).AsTask().GetAwaiter().GetResult().Callbacks.Count == 5);

        await store.ChangeSubscriptionAsync(
            subscription.Id, paused => paused with { State = SubscriptionState.Active, Reason = null }, TestContext.Current.CancellationToken);

        await Until.TrueAsync(() => store.Statistics.Pending == 0);
        Assert.Equal(5, receiver.Requests.Count);
    }

    private ValueTask<SqliteStore> OpenAsync() => SqliteStore.OpenAsync(
        new SqliteOptions { Path = Path.Combine(folder.FullName, "postern.db") }, TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken);

    // What the listener does.
    private static async Task<IReadOnlyList<DueCallback>> OweAsync(SqliteStore store, Subscription subscription, int count)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var from = await store.ReadCursorAsync(cancellation);
        var staged = await store.StageAsync([.. Enumerable.Range(0, count).Select(number => CallbackRig.Content($"{number}"))], cancellation);
        return await store.CommitMatchesAsync(
            from, staged[^1].Sequence, [.. staged.Select(@event => new Match(@event.Sequence, subscription.Number))], cancellation);
    }
}
