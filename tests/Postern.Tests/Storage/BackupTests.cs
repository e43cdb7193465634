using System.Security.Cryptography;
using Postern.Ports;
using Postern.Storage.Sqlite;
using Postern.Storage.Sqlite.Backup;
using SQLitePCL;

namespace Postern.Tests.Storage;

public sealed class BackupTests : IDisposable
{
    private const int PageBytes = 16_384;

    private readonly TemporaryFolder folder = new();

    private string Store => folder.File("postern.db");

    private string Key => folder.File("postern.key");

    private string Copy => folder.File("copy.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_copy_made_beside_the_writer_is_of_one_moment_and_a_store_that_opens()
    {
        await using var store = await SqliteFixture.OpenAsync(Store);
        for (var number = 0; number < 50; number++)
        {
            await SqliteFixture.StageAsync(store, SqliteFixture.Content(new string('x', 2 * PageBytes)));
        }

        var before = store.Statistics.LastSequence;
        using var enough = new CancellationTokenSource();
        var writing = Task.Run(
            async () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    await SqliteFixture.StageAsync(store);
                }
            },
            SqliteFixture.Cancellation);
        await SqliteFixture.UntilAsync(() => store.Statistics.LastSequence > before);
        var made = await MakeAsync();
        await enough.CancelAsync();
        await writing;

        Assert.True(made.LastSequence > before && made.LastSequence < store.Statistics.LastSequence, $"{made.LastSequence} of {store.Statistics.LastSequence}");
        Assert.Equal(new FileInfo(Copy).Length, made.Bytes);
        await using var restored = await SqliteFixture.OpenAsync(Copy);
        Assert.Equal(made.LastSequence, restored.Statistics.LastSequence);
        Assert.Equal(made.LastSequence, (await restored.ReadEventsAsync(0, int.MaxValue, SqliteFixture.Cancellation)).Count);
    }

    [Fact]
    public async Task A_copy_stands_alone_and_is_its_owners()
    {
        await File.WriteAllTextAsync(Key, "a key", SqliteFixture.Cancellation);
        await using var store = await SqliteFixture.OpenAsync(Store);
        await SqliteFixture.StageAsync(store);

        var made = await MakeAsync();

        Assert.Equal(Copy + ".key", made.KeyFile);
        Assert.Equal("a key", await File.ReadAllTextAsync(Copy + ".key", SqliteFixture.Cancellation));
        Assert.Equal(["copy.db", "copy.db.key"], Directory.GetFiles(folder.Path, "copy*").Select(Path.GetFileName).Order());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Copy));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Copy + ".key"));
        }
    }

    [Fact]
    public async Task A_store_that_nobody_has_open_is_copied_and_left_as_it_was()
    {
        await using (var store = await SqliteFixture.OpenAsync(Store))
        {
            await SqliteFixture.StageAsync(store);
        }

        var bytes = await File.ReadAllBytesAsync(Store, SqliteFixture.Cancellation);

        var made = await MakeAsync();

        Assert.Equal(1, made.LastSequence);
        Assert.Null(made.KeyFile);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Store, SqliteFixture.Cancellation));
        await using var reopened = await SqliteFixture.OpenAsync(Store);
    }

    [Fact]
    public async Task What_stands_only_in_the_log_is_in_the_copy()
    {
        using var crashed = new TemporaryFolder();
        await using (var store = await SqliteFixture.OpenAsync(Store))
        {
            await SqliteFixture.StageAsync(store);
            // As a crash leaves it: the log has not been moved into the file.
            foreach (var file in (string[])["postern.db", "postern.db-wal"])
            {
                File.Copy(folder.File(file), crashed.File(file));
            }
        }

        var made = await SqliteBackup.MakeAsync(crashed.File("postern.db"), Key, Copy, SqliteFixture.Cancellation);

        Assert.Equal(1, made.LastSequence);
        Assert.True(new FileInfo(crashed.File("postern.db-wal")).Length > 0, "The log was moved: that is for a Postern to do.");
    }

    [Theory]
    [InlineData("copy.db")]
    [InlineData("copy.db.key")]
    [InlineData("copy.db.partial")]
    public async Task Nothing_is_overwritten(string inTheWay)
    {
        await (await SqliteFixture.OpenAsync(Store)).DisposeAsync();
        await File.WriteAllTextAsync(Key, "a key", SqliteFixture.Cancellation);
        await File.WriteAllTextAsync(folder.File(inTheWay), "precious", SqliteFixture.Cancellation);

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(MakeAsync);

        Assert.Contains(folder.File(inTheWay), refused.Message, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(folder.File(inTheWay), SqliteFixture.Cancellation));
        Assert.Equal([inTheWay], Copies());
    }

    [Fact]
    public async Task A_damaged_store_gives_no_copy()
    {
        await using (var store = await SqliteFixture.OpenAsync(Store))
        {
            for (var number = 0; number < 2_000; number++)
            {
                await SqliteFixture.StageAsync(store);
            }
        }

        await using (var file = new FileStream(Store, FileMode.Open))
        {
            // A page of rows in the middle, from the header of its tree on.
            file.Position = file.Length / PageBytes / 2 * PageBytes;
            await file.WriteAsync(RandomNumberGenerator.GetBytes(PageBytes / 2), SqliteFixture.Cancellation);
        }

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(MakeAsync);

        Assert.Contains("damaged", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Copies());
    }

    [Fact]
    public async Task What_is_no_store_is_told_apart()
    {
        var missing = await Assert.ThrowsAsync<StoreRefusedException>(MakeAsync);
        Assert.Contains("no store at", missing.Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Store, "not a database, but long enough to be looked at: " + new string('x', 200), SqliteFixture.Cancellation);
        var text = await Assert.ThrowsAsync<StoreRefusedException>(MakeAsync);
        Assert.Contains("is no store of Postern", text.Message, StringComparison.Ordinal);

        File.Delete(Store);
        MakeDatabaseOfAnotherProgram();
        var other = await Assert.ThrowsAsync<StoreRefusedException>(MakeAsync);
        Assert.Contains("is no store of Postern", other.Message, StringComparison.Ordinal);
        Assert.Empty(Copies());
    }

    [Fact]
    public async Task A_backup_that_is_broken_off_leaves_nothing()
    {
        await (await SqliteFixture.OpenAsync(Store)).DisposeAsync();
        using var cancelled = new CancellationTokenSource();
        var making = SqliteBackup.MakeAsync(Store, Key, Copy, cancelled.Token);
        await cancelled.CancelAsync();

        // It may be whole already: then it is there whole.
        try
        {
            await making;
            Assert.Equal(["copy.db"], Copies());
        }
        catch (OperationCanceledException)
        {
            Assert.Empty(Copies());
        }
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_told()
    {
        await (await SqliteFixture.OpenAsync(Store)).DisposeAsync();

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(
            () => SqliteBackup.MakeAsync(Store, Key, folder.File("nowhere/copy.db"), SqliteFixture.Cancellation));

        Assert.Contains("nowhere", refused.Message, StringComparison.Ordinal);
    }

    private Task<BackupReport> MakeAsync() => SqliteBackup.MakeAsync(Store, Key, Copy, SqliteFixture.Cancellation);

    private IEnumerable<string?> Copies() => Directory.GetFiles(folder.Path, "copy*").Select(Path.GetFileName);

    private void MakeDatabaseOfAnotherProgram()
    {
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open(Store, out var database));
        using (database)
        {
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(database, "CREATE TABLE recipes (name TEXT)"));
        }
    }
}
