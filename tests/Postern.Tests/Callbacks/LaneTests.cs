using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Callbacks.Lanes;
using Postern.Callbacks.Outcomes;
using Postern.Configuration;
using Postern.Egress;
using Postern.Model;
using Postern.Model.Limits;
using Postern.Model.Retries;
using Postern.Ports;
using Postern.Storage.Sqlite;

namespace Postern.Tests.Callbacks;

/// <summary>Lanes with real sockets: endpoints that are down, come back, hang, and share a host.</summary>
public sealed class LaneTests : IDisposable
{
    private static readonly CallbacksConfiguration Stubborn = new()
    {
        Retry = new RetrySettings { Schedule = [TimeSpan.Zero, TimeSpan.FromMilliseconds(20)], Jitter = 0 },
    };

    private static readonly CallbacksConfiguration Patient = new() { Retry = new RetrySettings { Schedule = [TimeSpan.Zero, TimeSpan.FromHours(1)] } };

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("postern-lanes-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Callbacks_to_an_endpoint_that_is_down_wait_on_disk_and_spend_no_attempts()
    {
        const int Owed = 300_000;
        await using var rig = new CallbackRig(Patient);
        await rig.StartAsync();
        var subscription = rig.Subscribe($"http://127.0.0.1:{FreePort.Next()}/");
        var @event = rig.AddEvent();
        var lanes = rig.Get<EndpointLanes>();
        var most = 0;

        for (var batch = 0; batch < Owed / 10_000; batch++)
        {
            await rig.PublishAsync([.. Enumerable.Range(0, 10_000).Select(_ => rig.Store.Owe(@event, subscription))]);
            most = Math.Max(most, lanes.Memory.Used);
        }

        await Until.TrueAsync(() => lanes.Deferrals.Outstanding == 0 && lanes.Memory.Used <= LaneQueue.ProbeBatch && rig.Store.Deferred > Owed / 2);
        Assert.InRange(most, 0, LaneMemory.Cap);
        Assert.NotEqual("closed", Assert.Single(rig.Board.Read()).Breaker);
        Assert.InRange(rig.Store.Results.Count, LaneBreaker.Threshold, 50);
        Assert.Equal(Owed, rig.Store.Owed);
    }

    [Fact]
    public async Task An_endpoint_that_is_back_gets_what_is_owed_at_a_rate_that_grows()
    {
        const int Owed = 200;
        var (clock, healthy) = (Stopwatch.StartNew(), false);
        var taken = new ConcurrentQueue<TimeSpan>();
        await using var receiver = new RawReceiver(async (stream, _, cancellation) =>
        {
            if (Volatile.Read(ref healthy))
            {
                taken.Enqueue(clock.Elapsed);
            }

            await stream.WriteAsync(Volatile.Read(ref healthy) ? "HTTP/1.1 204 X\r\n\r\n"u8.ToArray() : "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancellation);
        });
        await using var rig = new CallbackRig(Stubborn);
        await rig.StartAsync();
        var subscription = rig.Subscribe(receiver.Url);
        await rig.PublishAsync([.. Enumerable.Range(0, Owed).Select(_ => rig.Store.Owe(rig.AddEvent(), subscription))]);
        await Until.TrueAsync(() => rig.Board.Read().SingleOrDefault() is { Breaker: "open", DownSince: not null, NextProbe: not null, Waiting: 0 });
        Assert.Equal(Owed, rig.Store.Owed);

        Volatile.Write(ref healthy, true);
        await Until.TrueAsync(() => rig.Store.Owed == 0);

        var times = taken.ToArray();
        Assert.Equal(Owed, times.Length);
        for (var index = 0; index < times.Length; index++)
        {
            // All that the ramp gives in whole seconds, one burst, and the probe: delays on the way only make it less.
            var seconds = Math.Floor((times[index] - times[0]).TotalSeconds) + 1;
            var most = (LaneRamp.Initial * (Math.Pow(2, seconds) - 1)) + TokenRate.Even(LaneRamp.Initial * Math.Pow(2, seconds)).Burst + 1;
            Assert.True(index + 1 <= most, $"{index + 1} callbacks within {seconds} s");
        }

        Assert.Equal("closed", rig.Board.Read().Single().Breaker);
    }

    [Fact]
    public async Task A_callback_whose_time_is_up_while_its_endpoint_is_down_is_dead_without_an_attempt()
    {
        await using var rig = new CallbackRig(Stubborn);
        await rig.StartAsync();
        var subscription = rig.Subscribe($"http://127.0.0.1:{FreePort.Next()}/");
        var @event = rig.AddEvent();

        await rig.PublishAsync([.. Enumerable.Range(0, 100).Select(_ => rig.Store.Owe(@event, subscription, since: DateTimeOffset.UnixEpoch.AddDays(1)))]);

        await Until.TrueAsync(() => rig.Store.Owed == 0);
        var expired = rig.Store.Results.Where(result => result is { Outcome: CallbackOutcome.Dead, Attempt: null }).ToList();
        Assert.InRange(expired.Count, 80, 100);
        Assert.All(expired, result => Assert.Contains("was down", ((CallbackOutcome.Dead)result.Outcome).Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_consumers_share_an_endpoint_in_turns()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient with { Concurrency = 1 });
        await rig.StartAsync();
        var greedy = rig.Subscribe(receiver.Url);
        var modest = rig.Store.Add(CallbackRig.Describe(receiver.Url) with { Consumer = "modest" });
        var @event = rig.AddEvent();

        await rig.PublishAsync(
        [
            .. Enumerable.Range(0, 500).Select(_ => rig.Store.Owe(@event, greedy)), .. Enumerable.Range(0, 5).Select(_ => rig.Store.Owe(@event, modest)),
        ]);

        var results = await rig.ResultsAsync(505);
        var places = results.Select((result, place) => (result, place)).Where(one => one.result.Callback.Subscription == modest.Number).Select(one => one.place).ToList();
        Assert.Equal(2, Assert.Single(places.Zip(places.Skip(1), (one, next) => next - one).Distinct()));
    }

    [Fact]
    public async Task An_endpoint_does_not_wait_for_the_commit_and_what_is_unrecorded_stays_bounded()
    {
        const int Owed = 20;
        var (waiting, commit) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient);
        rig.Store.BeforeRecord = async () =>
        {
            Interlocked.Increment(ref waiting);
            await commit.Task;
        };
        await rig.StartAsync();
        var (subscription, @event, lanes) = (rig.Subscribe(receiver.Url), rig.AddEvent(), rig.Get<EndpointLanes>());

        await rig.PublishAsync([.. Enumerable.Range(0, Owed).Select(_ => rig.Store.Owe(@event, subscription))]);

        // A new window is one: its endpoint has answered twice before anything was recorded, and is not asked a third time.
        await Until.TrueAsync(() => Volatile.Read(ref waiting) == Lane.WindowsAtOnce);
        Assert.Equal(Lane.WindowsAtOnce, lanes.InFlight);
        Assert.Equal(Owed - Lane.WindowsAtOnce, lanes.Memory.Used);
        commit.SetResult();
        await rig.ResultsAsync(Owed);
    }

    [Fact]
    public async Task A_crowd_of_hanging_endpoints_leaves_another_consumer_its_slots()
    {
        const int Hanging = 3_000;
        await using var silent = RawReceiver.Silent();
        await using var healthy = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient, change: services => services.Resolve(() => Task.CompletedTask));
        await rig.StartAsync();
        var @event = rig.AddEvent();
        await rig.PublishAsync([.. Enumerable.Range(0, Hanging).Select(number => rig.Store.Owe(@event, rig.Subscribe($"http://h{number}.test:{silent.Port}/")))]);
        var lanes = rig.Get<EndpointLanes>();
        var slots = EndpointLanes.AttemptsWith(DescriptorLimit.SocketsOfCallbacks);
        await Until.TrueAsync(() => lanes.InFlight >= Math.Min(Hanging, slots / 4));
        var fine = rig.Store.Add(CallbackRig.Describe(healthy.Url) with { Consumer = "other" });

        await rig.PublishAsync([.. Enumerable.Range(0, 50).Select(_ => rig.Store.Owe(@event, fine))]);

        await Until.TrueAsync(() => rig.Store.Results.Count(result => result.Callback.Subscription == fine.Number) == 50);
        Assert.InRange(lanes.InFlight, 1, (slots / 2) + 1);
    }

    [Fact]
    public async Task A_receiver_that_grants_a_rate_gets_no_more()
    {
        await using var receiver = RawReceiver.Answering(204, "WebHook-Allowed-Rate: 30\r\n");
        await using var rig = new CallbackRig(Patient);
        await rig.StartAsync();
        var subscription = rig.Subscribe(receiver.Url);

        await rig.CallAsync(subscription);
        await rig.ResultsAsync(1);

        await Until.TrueAsync(() => rig.Board.Read().Single().Rate == 0.5);
    }

    [Fact]
    public async Task A_long_backlog_is_sent_once_over_many_reads_and_a_restart()
    {
        const int Owed = 4_000;
        var cancellation = TestContext.Current.CancellationToken;
        await using var receiver = RawReceiver.Answering(204);
        await using (var store = await OpenAsync())
        {
            var subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(receiver.Url), cancellation);
            var due = await OweAsync(store, subscription, Owed);
            await store.DeferAsync([.. due.Skip(100).Select(callback => callback with { Queue = subscription.Queue })], cancellation);
            await using var first = new CallbackRig(Patient, store: store);
            await first.StartAsync();
            await Until.TrueAsync(() => store.Statistics.Pending < Owed * 3 / 4);
        }

        await using var again = await OpenAsync();
        Assert.InRange(again.Statistics.Pending, 1, Owed * 3 / 4);
        await using var rig = new CallbackRig(Patient, store: again);
        await rig.StartAsync();

        await Until.TrueAsync(() => again.Statistics.Pending == 0);
        Assert.Equal(Owed, receiver.Requests.Count);
        Assert.Equal(Owed, receiver.Requests.Select(request => request.Split("webhook-id: ")[1].Split('\r')[0]).Distinct().Count());
        Assert.True(rig.Get<LaneRefills>().Reads > 1);
    }

    [Fact]
    public async Task Callbacks_that_are_kept_in_order_release_each_other()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var receiver = RawReceiver.Answering(204);
        await using var store = await OpenAsync();
        await using var rig = new CallbackRig(Patient, store: store);
        await rig.StartAsync();
        var subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(receiver.Url), cancellation);

        await rig.PublishAsync(await OweAsync(store, subscription, 50, order: 7));

        await Until.TrueAsync(() => store.Statistics.Pending == 0);
        Assert.Equal(Enumerable.Range(0, 50).Select(number => $"{number}"), receiver.Requests.Select(request => request.Split("\r\n\r\n")[1]));
    }

    private ValueTask<SqliteStore> OpenAsync() => SqliteStore.OpenAsync(
        new SqliteOptions { Path = Path.Combine(folder.FullName, "postern.db") }, TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken);

    // What the listener does.
    private static async Task<IReadOnlyList<DueCallback>> OweAsync(SqliteStore store, Subscription subscription, int count, long order = 0)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var from = await store.ReadCursorAsync(cancellation);
        var staged = await store.StageAsync([.. Enumerable.Range(0, count).Select(number => CallbackRig.Content($"{number}"))], cancellation);
        return await store.CommitMatchesAsync(
            from, staged[^1].Sequence, [.. staged.Select(@event => new Match(@event.Sequence, subscription.Number, order))], cancellation);
    }
}
