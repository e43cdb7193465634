using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postern.Configuration;
using Postern.Model;
using Postern.Monitoring;
using Postern.Ports;
using Postern.Retention;
using Postern.Storage.Sqlite;
using Postern.Tests.Storage;

namespace Postern.Tests.Retention;

public sealed class RetentionServiceTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly StoreSizeBoard board = new();
    private readonly CollectingLogger log = new();
    private readonly LiveConfiguration live = new(new PosternConfiguration());
    private SqliteStore store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        store = await SqliteStore.OpenAsync(new SqliteOptions { Path = folder.File("postern.db") }, time, NullLogger.Instance, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await services.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task What_is_older_than_the_configuration_keeps_goes_and_a_changed_configuration_holds_at_once()
    {
        await StageAsync(1);
        time.Advance(TimeSpan.FromDays(29));
        await StageAsync(1);
        var expiring = Expiring();

        await RunAsync(expiring);
        Assert.Equal(2, await CountAsync());
        time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromHours(1));
        await RunAsync(expiring);
        Assert.Equal(1, await CountAsync());
        Assert.InRange(board.OldestSeconds, 25 * 3600, 25 * 3600 + 600);

        live.Replace(new PosternConfiguration { Retention = new RetentionConfiguration { Events = TimeSpan.FromHours(1) } });
        await RunAsync(expiring);
        Assert.Equal(0, await CountAsync());
        Assert.Equal(0, board.OldestSeconds);
    }

    [Fact]
    public async Task Never_keeps_everything()
    {
        live.Replace(new PosternConfiguration { Retention = new RetentionConfiguration { Events = null } });
        await StageAsync(3);
        time.Advance(TimeSpan.FromDays(3650));

        await RunAsync(Expiring());

        Assert.Equal(3, await CountAsync());
    }

    [Fact]
    public async Task Over_its_size_the_oldest_go_until_it_fits_and_what_is_owed_stays()
    {
        var subscription = await store.AddSubscriptionAsync(
            new Subscription
            {
                Id = SubscriptionId.Create(), Consumer = "acme", Resource = "/orders", Callback = "https://example.com", Created = time.GetUtcNow(),
                Secrets = [new SealedSecret(new byte[] { 1 }, null)],
            },
            Cancellation);
        var owed = (await SqliteFixture.StageAsync(store)).Sequence;
        await store.CommitMatchesAsync(0, owed, [new Match(owed, subscription.Number)], Cancellation);
        await StageAsync(200, new string('x', 50_000));
        var full = (await store.ReadSizeAsync(Cancellation)).Used;
        live.Replace(new PosternConfiguration { Retention = new RetentionConfiguration { MaxBytes = full / 2 } });

        await RunAsync(Expiring());

        Assert.InRange((await store.ReadSizeAsync(Cancellation)).Used, full / 3, full / 2);
        Assert.NotNull(await store.ReadEventAsync(owed, Cancellation));
        Assert.Null(await store.ReadEventAsync(owed + 1, Cancellation));
        Assert.NotNull(await store.ReadEventAsync(store.Statistics.LastSequence, Cancellation));
        Assert.Equal((await store.ReadSizeAsync(Cancellation)).Used, board.Bytes);

        live.Replace(new PosternConfiguration { Retention = new RetentionConfiguration { MaxBytes = 1 } });
        var expiring = Expiring();
        await RunAsync(expiring);
        await RunAsync(expiring);
        Assert.Equal(1, await CountAsync());
        Assert.Single(log.Entries, entry => entry.Id == 8003);
    }

    [Fact]
    public async Task The_service_erases_what_was_ordered_before_it_started_and_goes_on_when_the_store_failed()
    {
        await StageAsync(500);
        var order = await store.OrderErasureAsync(new ErasureOrder("42", null, null), Cancellation);
        var failing = new FailingOnce(store);
        using var service = new RetentionService(
            Expiring(), new Erasing(failing.Store, new EmbeddedHub(), TimeProvider.System, new Log<Erasing>(log)), live, TimeProvider.System, new Log<RetentionService>(log));
        await ((IHostedService)service).StartAsync(Cancellation);
        await SqliteFixture.UntilAsync(() => store.FindErasureAsync(order.Id, Cancellation).AsTask().Result!.Finished is not null);
        await ((IHostedService)service).StopAsync(Cancellation);

        Assert.Contains(log.Entries, entry => entry.Id == 8004);
        Assert.Equal(500, (await store.FindErasureAsync(order.Id, Cancellation))!.Events);
    }

    private Expiring Expiring() => new(store, new PosternMeter(services.GetRequiredService<IMeterFactory>()), board, time, new Log<Expiring>(log));

    /// <summary>The pauses are the test's own: time goes on while it runs.</summary>
    private async Task RunAsync(Expiring expiring)
    {
        var running = expiring.RunAsync(live.Current, Cancellation);
        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await running;
    }

    private async Task StageAsync(int count, string data = "{}")
    {
        await store.StageAsync([.. Enumerable.Range(0, count).Select(_ => SqliteFixture.Content(data) with { Subject = "42" })], Cancellation);
        await store.CommitMatchesAsync(await store.ReadCursorAsync(Cancellation), store.Statistics.LastSequence, [], Cancellation);
    }

    private async Task<int> CountAsync() => (await store.ListEventsAsync(new EventQuery { Limit = 1000 }, Cancellation)).Count;

    private sealed class Log<T>(CollectingLogger inner) : Microsoft.Extensions.Logging.ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        void Microsoft.Extensions.Logging.ILogger.Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => inner.Log(logLevel, eventId, state, exception, formatter);
    }

    private sealed class FailingOnce
    {
        private int calls;

        public FailingOnce(IStore inner) => Store = FailingStore.Around(inner, () => Interlocked.Increment(ref calls) == 3);

        public IStore Store { get; }
    }
}

/// <summary>A store of which single calls fail as on a full disk.</summary>
public class FailingStore : System.Reflection.DispatchProxy
{
    private IStore inner = null!;
    private Func<bool> fails = () => false;

    public static IStore Around(IStore store, Func<bool> fails)
    {
        var proxy = Create<IStore, FailingStore>();
        (((FailingStore)(object)proxy).inner, ((FailingStore)(object)proxy).fails) = (store, fails);
        return proxy;
    }

    protected override object? Invoke(System.Reflection.MethodInfo? targetMethod, object?[]? args) =>
        fails() ? throw new StoreUnavailableException("The disk is full.") : targetMethod!.Invoke(inner, args);
}
