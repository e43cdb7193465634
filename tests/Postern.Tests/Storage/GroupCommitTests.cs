using System.Buffers.Binary;
using Postern.Model;
using Postern.Storage.Sqlite;

namespace Postern.Tests.Storage;

public sealed class GroupCommitTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Path => folder.File("postern.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Callers_that_come_together_share_commits()
    {
        await using var store = await SqliteFixture.OpenAsync(Path);
        var before = CountCommits();

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(() => SqliteFixture.StageAsync(store), SqliteFixture.Cancellation)));

        Assert.Equal(1000, store.Statistics.LastSequence);
        Assert.InRange(CountCommits() - before, 1, 500);
    }

    [Fact]
    public async Task A_lone_caller_has_a_commit_of_its_own()
    {
        await using var store = await SqliteFixture.OpenAsync(Path);
        var before = CountCommits();

        for (var index = 0; index < 5; index++)
        {
            await SqliteFixture.StageAsync(store);
        }

        Assert.Equal(5, CountCommits() - before);
    }

    [Fact]
    public async Task What_changes_nothing_costs_no_commit()
    {
        await using var store = await SqliteFixture.OpenAsync(Path);
        var before = CountCommits();

        await store.ReviveAsync(1, 10, SqliteFixture.Cancellation);

        Assert.Equal(0, CountCommits() - before);
    }

    [Fact]
    public async Task The_write_ahead_log_stays_bounded_while_events_come()
    {
        var options = new SqliteOptions { Path = Path, CheckpointBytes = 256 << 10, LogLimitBytes = 1 << 20 };
        await using var store = await SqliteFixture.OpenAsync(options);
        var data = new string('x', 4096);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(
            async () =>
            {
                for (var index = 0; index < 250; index++)
                {
                    await SqliteFixture.StageAsync(store, SqliteFixture.Content(data));
                }
            },
            SqliteFixture.Cancellation)));

        // 16 MiB of data, and more than twice of that in pages: without checkpoints all of it would be in the log.
        Assert.InRange(new FileInfo(Path + "-wal").Length, 1, 12 << 20);
    }

    [Fact]
    public async Task Closing_moves_the_whole_log_into_the_file()
    {
        await using (var store = await SqliteFixture.OpenAsync(Path))
        {
            await SqliteFixture.StageAsync(store);
        }

        Assert.False(File.Exists(Path + "-wal"));
    }

    [Fact]
    public async Task Events_beyond_the_memory_come_from_disk()
    {
        await using var store = await SqliteFixture.OpenAsync(new SqliteOptions { Path = Path, RecentEventBytes = 10_000 });
        await store.StageAsync([.. Enumerable.Range(1, 100).Select(number => SqliteFixture.Content($"{number}"))], SqliteFixture.Cancellation);

        var all = new List<long>();
        for (IReadOnlyList<Event> page; (page = await store.ReadEventsAsync(all.Count, 7, SqliteFixture.Cancellation)).Count > 0;)
        {
            all.AddRange(page.Select(read => read.Sequence));
        }

        Assert.Equal(Enumerable.Range(1, 100).Select(number => (long)number), all);
        Assert.Equal(1, (await store.ReadEventAsync(1, SqliteFixture.Cancellation))!.Sequence);
    }

    /// <summary>Counts the commit frames of the log: those whose second word, the size of the database after the commit, is set (sqlite.org/fileformat2.html §4.1).</summary>
    private int CountCommits()
    {
        using var log = new FileStream(Path + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> header = stackalloc byte[24];
        var commits = 0;
        for (var at = 32L; at < log.Length; at += 24 + 16384)
        {
            log.Position = at;
            log.ReadExactly(header);
            commits += BinaryPrimitives.ReadUInt32BigEndian(header[4..]) == 0 ? 0 : 1;
        }

        return commits;
    }
}
