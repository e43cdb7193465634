using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite;

namespace Postern.Tests.Storage;

public sealed class DiskFaultTests
{
    [Fact]
    public async Task A_full_disk_refuses_keeps_what_was_acknowledged_and_recovers_by_itself()
    {
        using var disk = Mount.Create("3m");
        var path = Path.Combine(disk.Path, "postern.db");
        var logger = new CollectingLogger();
        var acknowledged = new List<Staged>();
        await using (var store = await SqliteFixture.OpenAsync(path, logger))
        {
            var refused = await FillAsync(store, acknowledged);

            Assert.Contains("is full", refused.Message, StringComparison.Ordinal);
            Assert.Contains(path, refused.Message, StringComparison.Ordinal);
            Assert.False(store.Statistics.Healthy);
            Assert.Contains("is full", store.Statistics.Fault, StringComparison.Ordinal);
            Assert.Equal(acknowledged.Count, store.Statistics.LastSequence);
            await AssertStoredAsync(store, acknowledged);

            disk.Remount("size=32m");
            await SqliteFixture.UntilAsync(() => store.Statistics.Healthy);

            Assert.Null(store.Statistics.Fault);
            acknowledged.Add(await SqliteFixture.StageAsync(store));
            Assert.Equal(acknowledged.Count, store.Statistics.LastSequence);
        }

        await using var reopened = await SqliteFixture.OpenAsync(path);
        await AssertStoredAsync(reopened, acknowledged);
        Assert.Equal(acknowledged.Count, reopened.Statistics.LastSequence);
        Assert.Equal(logger.Entries.Count(entry => entry.Id == 601), logger.Entries.Count(entry => entry.Id == 603));
    }

    [Fact]
    public async Task A_full_disk_fails_everybody_who_shared_the_commit_and_counts_nothing_of_it()
    {
        using var disk = Mount.Create("3m");
        await using var store = await SqliteFixture.OpenAsync(Path.Combine(disk.Path, "postern.db"));
        var subscription = await store.AddSubscriptionAsync(Wish(), SqliteFixture.Cancellation);
        var told = 0;
        store.SubscriptionChanged += _ => told++;
        var acknowledged = new List<Staged>();
        await FillAsync(store, acknowledged);
        var before = store.Statistics;

        var large = SqliteFixture.Content(new string('x', 2 << 20));
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
            await Record.ExceptionAsync(async () => await store.StageAsync([large], SqliteFixture.Cancellation)))));

        Assert.All(results, result => Assert.IsType<StoreUnavailableException>(result));
        Assert.Equal(before with { Healthy = false, Fault = null }, store.Statistics with { Healthy = false, Fault = null });
        Assert.Equal(0, told);
        Assert.Equal(subscription.Number, (await store.FindSubscriptionAsync(subscription.Id, SqliteFixture.Cancellation))!.Number);
    }

    [Fact]
    public async Task A_file_that_becomes_read_only_refuses_and_recovers_by_itself()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("postern.db");
        await using var store = await SqliteFixture.OpenAsync(path);
        var first = await SqliteFixture.StageAsync(store);
        if (Mount.Run("chattr", "+i", path, path + "-wal") is { } error)
        {
            Mount.Missing($"A file cannot be made immutable here: {error}");
        }

        try
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => SqliteFixture.StageAsync(store));
            Assert.False(store.Statistics.Healthy);
            await SqliteFixture.UntilAsync(() => store.Statistics.Fault!.Contains("read-only", StringComparison.Ordinal));
            await Assert.ThrowsAsync<StoreUnavailableException>(() => SqliteFixture.StageAsync(store));
            Assert.NotNull(await store.FindEventAsync(first.Id, SqliteFixture.Cancellation));
        }
        finally
        {
            Assert.Null(Mount.Run("chattr", "-i", path, path + "-wal"));
        }

        await SqliteFixture.UntilAsync(() => store.Statistics.Healthy);
        Assert.Equal(first.Sequence + 1, (await SqliteFixture.StageAsync(store)).Sequence);
    }

    [Fact]
    public async Task A_read_only_file_system_is_refused_at_start_and_says_so()
    {
        using var disk = Mount.Create("8m");
        var path = Path.Combine(disk.Path, "postern.db");
        await (await SqliteFixture.OpenAsync(path)).DisposeAsync();
        disk.Remount("ro");

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(async () => await SqliteFixture.OpenAsync(path));

        Assert.Contains("cannot be written", refused.Message, StringComparison.Ordinal);
        disk.Remount("rw");
        await using var store = await SqliteFixture.OpenAsync(path);
        await SqliteFixture.StageAsync(store);
    }

    /// <summary>Stages until the disk refuses, first in large steps and then in small ones, so that nothing fits any more.</summary>
    private static async Task<StoreUnavailableException> FillAsync(SqliteStore store, List<Staged> acknowledged)
    {
        StoreUnavailableException? refused = null;
        foreach (var size in new[] { 100_000, 10_000, 10 })
        {
            var content = SqliteFixture.Content(new string('x', size));
            try
            {
                while (acknowledged.Count < 10_000)
                {
                    acknowledged.Add(await SqliteFixture.StageAsync(store, content));
                }
            }
            catch (StoreUnavailableException exception)
            {
                refused = exception;
            }
        }

        return refused ?? throw new InvalidOperationException("The disk never filled.");
    }

    private static async Task AssertStoredAsync(SqliteStore store, List<Staged> acknowledged)
    {
        foreach (var staged in acknowledged)
        {
            Assert.Equal(staged.Sequence, (await store.FindEventAsync(staged.Id, SqliteFixture.Cancellation))?.Sequence);
        }
    }

    private static Subscription Wish() => new()
    {
        Id = SubscriptionId.Create(),
        Consumer = "acme",
        Resource = "/orders",
        Callback = "https://example.com/",
        Created = DateTimeOffset.UnixEpoch,
        Secrets = [],
    };
}
