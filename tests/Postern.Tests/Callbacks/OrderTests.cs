using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Callbacks.Outcomes;
using Postern.Configuration;
using Postern.Listener;
using Postern.Model;
using Postern.Model.Retries;
using Postern.Monitoring;
using Postern.Ports;
using Postern.Storage.Sqlite;
using Postern.Tests.Storage;

namespace Postern.Tests.Callbacks;

/// <summary>Callbacks of one record in order: store, listener and callbacks as they run together, and a receiver on a real socket.</summary>
public sealed class OrderTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly ConcurrentQueue<(string Key, int Number)> taken = new();
    private SqliteStore store = null!;
    private CallbackRig rig = null!;
    private ListenerService listener = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Each_record_is_told_in_order_by_a_receiver_that_fails_and_over_a_restart()
    {
        const int Records = 8;
        const int Changes = 25;
        var asked = 0;
        await using var receiver = Receiver((_, _) => Task.FromResult(Interlocked.Increment(ref asked) % 3 == 0 ? 500 : 204));
        await SubscribeAsync(receiver, new RetrySettings { GiveUpAfter = TimeSpan.FromDays(1) });

        await StageAsync(Enumerable.Range(0, Changes).SelectMany(number => Enumerable.Range(0, Records).Select(record => ($"r{record}", number))));
        await Until.TrueAsync(() => taken.Count > Records * Changes / 3);
        await StopAsync();
        Assert.True(taken.Count < Records * Changes);
        await StartAsync();

        await Until.TrueAsync(() => taken.Count >= Records * Changes && store.Statistics.Pending == 0);
        Assert.Equal(Records, taken.Select(callback => callback.Key).Distinct().Count());
        Assert.All(taken.GroupBy(callback => callback.Key), record => Assert.Equal(Enumerable.Range(0, Changes), record.Select(callback => callback.Number)));
    }

    [Fact]
    public async Task A_record_that_hangs_keeps_no_other_waiting()
    {
        var release = new TaskCompletionSource();
        await using var receiver = Receiver(async (key, _) =>
        {
            await (key == "slow" ? release.Task : Task.CompletedTask);
            return 204;
        });
        await SubscribeAsync(receiver, retry: null);

        // A lane begins with one attempt at a time; each success gives it one more.
        await StageAsync([("first", 0), ("second", 0)]);
        await Until.TrueAsync(() => taken.Count == 2);
        await StageAsync([("slow", 0), ("slow", 1), ("fast", 0), ("fast", 1), ("fast", 2)]);
        await Until.TrueAsync(() => taken.Count == 5);
        Assert.Equal([("fast", 0), ("fast", 1), ("fast", 2)], taken.Skip(2));

        // What was taken is recorded a moment later.
        await Until.TrueAsync(() => store.Statistics.Pending == 2);

        release.SetResult();
        await Until.TrueAsync(() => store.Statistics.Pending == 0);
        Assert.Equal([("slow", 0), ("slow", 1)], taken.Skip(5));
    }

    [Fact]
    public async Task A_poisoned_head_holds_its_record_until_its_time_is_up_and_is_buried_then()
    {
        await using var receiver = Receiver((key, number) => Task.FromResult((key, number) == ("bad", 0) ? 500 : 204));
        await SubscribeAsync(receiver, new RetrySettings { GiveUpAfter = TimeSpan.FromMilliseconds(300) });

        await StageAsync([("bad", 0), ("bad", 1), ("good", 0), ("bad", 2)]);

        await Until.TrueAsync(() => store.Statistics is { Pending: 0, Dead: 1 });
        Assert.Equal([("bad", 1), ("bad", 2)], taken.Where(callback => callback.Key == "bad"));
        var attempts = (await store.ListAttemptsAsync(new AttemptQuery(), Cancellation)).OrderBy(entry => entry.Attempt.Number).ToList();
        var buried = attempts.FindIndex(entry => entry.Attempt.Outcome == AttemptOutcome.Dead);
        Assert.All(attempts[..buried], entry => Assert.True(entry.Callback == attempts[buried].Callback || entry.Attempt.Outcome == AttemptOutcome.Delivered));
        Assert.Equal(2, attempts[(buried + 1)..].Count(entry => entry.Attempt.Outcome == AttemptOutcome.Delivered && entry.Callback != attempts[buried].Callback));
    }

    private async Task StartAsync()
    {
        store = await SqliteFixture.OpenAsync(folder.File("postern.db"));
        var quick = new CallbacksConfiguration
        {
            Retry = new RetrySettings { Schedule = [TimeSpan.Zero, TimeSpan.FromMilliseconds(10)], Jitter = 0 },
        };
        rig = new CallbackRig(quick, store: store);
        await rig.StartAsync();
        listener = new ListenerService(store, rig.Get<IHub>(), rig.Get<LiveConfiguration>(), TimeProvider.System, rig.Get<PosternMeter>(), NullLogger<ListenerService>.Instance);
        await listener.StartAsync(Cancellation);
    }

    private async Task StopAsync()
    {
        await listener.StopAsync(CancellationToken.None);
        listener.Dispose();
        await rig.DisposeAsync();
        await store.DisposeAsync();
    }

    private async Task SubscribeAsync(RawReceiver receiver, RetrySettings? retry) =>
        await store.AddSubscriptionAsync(CallbackRig.Describe(receiver.Url) with { Order = SubscriptionOrder.Key, Retry = retry }, Cancellation);

    private async Task StageAsync(IEnumerable<(string Key, int Number)> changes) => await store.StageAsync(
        [.. changes.Select(change => CallbackRig.Content($"{change.Key}:{change.Number}") with { Subject = change.Key })], Cancellation);

    /// <summary>Answers as asked, and remembers what it took in the order in which it took it.</summary>
    private RawReceiver Receiver(Func<string, int, Task<int>> answer) => new(async (stream, request, cancellation) =>
    {
        var body = request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Split(':');
        var (key, number) = (body[0], int.Parse(body[1], null));
        var status = await answer(key, number);
        if (status == 204)
        {
            taken.Enqueue((key, number));
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n"), cancellation);
    });
}
