using System.Diagnostics;
using Postern.Ports;
using Postern.Storage.Sqlite;
using Postern.Storage.Sqlite.Engine;
using Postern.Storage.Sql.Writing;

namespace Postern.Tests.Storage;

public sealed class OpeningTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Path => folder.File("postern.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_second_instance_on_the_same_file_is_refused_by_name()
    {
        await using var store = await SqliteFixture.OpenAsync(Path);

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(async () => await SqliteFixture.OpenAsync(Path));

        Assert.Contains(Path, refused.Message, StringComparison.Ordinal);
        Assert.Contains("in use by another process", refused.Message, StringComparison.Ordinal);
        await SqliteFixture.StageAsync(store);
    }

    [Fact]
    public async Task A_closed_store_can_be_opened_again()
    {
        await (await SqliteFixture.OpenAsync(Path)).DisposeAsync();

        await using var store = await SqliteFixture.OpenAsync(Path);
    }

    [Fact]
    public async Task The_lock_of_another_process_ends_with_it_even_when_it_is_killed()
    {
        using var holder = Process.Start(new ProcessStartInfo("bash", ["-c", $"exec 9>'{Path}.lock'; flock 9; echo held; exec sleep 60"]) { RedirectStandardOutput = true })!;
        Assert.Equal("held", await holder.StandardOutput.ReadLineAsync(SqliteFixture.Cancellation));
        await Assert.ThrowsAsync<StoreRefusedException>(async () => await SqliteFixture.OpenAsync(Path));

        holder.Kill();
        await holder.WaitForExitAsync(SqliteFixture.Cancellation);

        await using var store = await SqliteFixture.OpenAsync(Path);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_made()
    {
        await using var store = await SqliteFixture.OpenAsync(folder.File("a/b/postern.db"));

        await SqliteFixture.StageAsync(store);
    }

    [Fact]
    public async Task A_newer_version_is_refused_and_says_so()
    {
        await (await SqliteFixture.OpenAsync(Path)).DisposeAsync();
        using (var connection = SqliteConnection.Open(new SqliteOptions { Path = Path }, 100, TimeSpan.Zero))
        {
            connection.Execute("PRAGMA user_version = 99");
        }

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(async () => await SqliteFixture.OpenAsync(Path));

        Assert.Contains("version 99", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_another_program_is_refused_and_left_alone()
    {
        using (var connection = SqliteConnection.Open(new SqliteOptions { Path = Path }, 100, TimeSpan.Zero))
        {
            connection.Execute("CREATE TABLE recipes (name TEXT)");
        }

        var before = await File.ReadAllBytesAsync(Path, SqliteFixture.Cancellation);

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(async () => await SqliteFixture.OpenAsync(Path));

        Assert.Contains("another program", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path, SqliteFixture.Cancellation));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        await File.WriteAllTextAsync(Path, new string('x', 5000), SqliteFixture.Cancellation);

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(async () => await SqliteFixture.OpenAsync(Path));

        Assert.Contains("not a database", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_engine_syncs_each_commit_into_a_write_ahead_log_of_large_pages()
    {
        await using var store = await SqliteFixture.OpenAsync(Path);
        using var connection = SqliteConnection.OpenForWriting(new SqliteOptions { Path = Path });

        Assert.Equal(2, connection.ReadNumber("PRAGMA synchronous"));
        Assert.Equal(16384, connection.ReadNumber("PRAGMA page_size"));
        Assert.Equal(0, connection.ReadNumber("PRAGMA wal_autocheckpoint"));
        using var mode = connection.Prepare("PRAGMA journal_mode");
        Assert.True(mode.Step());
        Assert.Equal("wal", mode.Text(0));
    }
}
