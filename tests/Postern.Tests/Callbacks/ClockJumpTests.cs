using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Callbacks.Lanes;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Retries;
using Postern.Ports;
using Postern.Storage.Sqlite;
using TemporaryFolder = Postern.Tests.Storage.TemporaryFolder;

namespace Postern.Tests.Callbacks;

/// <summary>The wall clock is set under lanes that wait for a time of day; timers go on as they did.</summary>
public sealed class ClockJumpTests
{
    private const int Owed = 20;

    // Fewer than open a breaker.
    private const int Failing = 2;

    private static readonly CallbacksConfiguration Retrying = new()
    {
        Retry = new RetrySettings { Schedule = [TimeSpan.Zero, TimeSpan.FromSeconds(3)], GiveUpAfter = TimeSpan.FromMinutes(30), Jitter = 0 },
    };

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    public async Task Retries_that_were_planned_before_the_clock_was_set_come_once_and_without_the_difference(int hours)
    {
        var time = new SetTime();
        await RunAsync(time, () => time.Offset += TimeSpan.FromHours(hours));
    }

    [Fact]
    public void What_a_policy_leaves_open_is_not_taken_for_a_clock_that_was_set_back()
    {
        var configuration = new PosternConfiguration { Callbacks = new CallbacksConfiguration { Retry = new RetrySettings { Jitter = 0 } } };

        Assert.Equal(TimeSpan.FromDays(3), LaneHorizon.LongestOf(configuration));
    }

    [Fact]
    public async Task In_the_first_minutes_of_1970_retries_come_as_they_do_today()
    {
        var time = new SetTime();
        time.Offset = DateTimeOffset.UnixEpoch.AddSeconds(10) - time.GetUtcNow();
        await RunAsync(time, () => { });
    }

    private static async Task RunAsync(SetTime time, Action whenPlanned)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        var calls = 0;
        await using var receiver = new RawReceiver(async (stream, _, stop) =>
        {
            var fails = Interlocked.Increment(ref calls) <= Failing;
            await stream.WriteAsync(fails ? "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"u8.ToArray() : "HTTP/1.1 204 X\r\n\r\n"u8.ToArray(), stop);
        });
        await using var store = await SqliteStore.OpenAsync(new SqliteOptions { Path = folder.File("postern.db") }, time, NullLogger.Instance, cancellation);
        await using var rig = new CallbackRig(
            Retrying, change: services => services.AddSingleton<TimeProvider>(time), store: store);
        await rig.StartAsync();
        var subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(receiver.Url), cancellation);
        var staged = await store.StageAsync([.. Enumerable.Range(0, Owed).Select(number => CallbackRig.Content($"{number}"))], cancellation);
        var owed = await store.CommitMatchesAsync(0, Owed, [.. staged.Select(@event => new Match(@event.Sequence, subscription.Number))], cancellation);
        await rig.PublishAsync(owed);
        await Until.TrueAsync(() => store.Statistics.Pending == Failing);

        whenPlanned();

        await Until.TrueAsync(() => store.Statistics.Pending == 0);
        Assert.Equal(0, store.Statistics.Dead);
        var sent = receiver.Requests.CountBy(request => request.Split("webhook-id: ")[1].Split('\r')[0]).ToList();
        Assert.Equal(Owed, sent.Count);
        Assert.Equal(Failing, sent.Count(one => one.Value == 2));
        Assert.Equal(Owed + Failing, receiver.Requests.Count);
    }

    /// <summary>The wall clock is what somebody sets it to; elapsed time and timers are the machine's.</summary>
    private sealed class SetTime : TimeProvider
    {
        private long ticks;

        public TimeSpan Offset
        {
            get => TimeSpan.FromTicks(Volatile.Read(ref ticks));
            set => Volatile.Write(ref ticks, value.Ticks);
        }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
