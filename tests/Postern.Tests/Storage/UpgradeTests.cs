using System.Diagnostics;
using Postern.Faults;
using Postern.Storage;
using Postern.Storage.Sqlite;
using Postern.Storage.Sqlite.Engine;
using Postern.Storage.Sql.Writing;

namespace Postern.Tests.Storage;

public sealed class UpgradeTests : IDisposable
{
    // Set in the child: the same test, which opens the store and is killed while it does.
    private const string ChildVariable = "POSTERN_TEST_UPGRADE";
    private const int Owed = 1_000_000;
    private const int Killed = 128 + 9;

    private readonly TemporaryFolder folder = new();

    private string Path => folder.File("postern.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_store_of_version_1_with_a_million_owed_keeps_each_of_them()
    {
        MakeVersion1();

        await AssertKeptAsync();
    }

    [Fact]
    public async Task An_upgrade_that_is_killed_loses_nothing_wherever_it_was()
    {
        if (Environment.GetEnvironmentVariable(ChildVariable) is { } path)
        {
            await using var store = await SqliteFixture.OpenAsync(path);
            return;
        }

        MakeVersion1();
        // Version 2, in the middle of 3 with all its rows moved, and behind it; without a point: while it moves them.
        foreach (var point in new[] { $"{CrashPoints.MigrationBefore}:2", null, $"{CrashPoints.MigrationAfterTables}:2", $"{CrashPoints.MigrationBeforeCommit}:2", $"{CrashPoints.MigrationAfter}:2", CrashPoints.StartAfterOpen })
        {
            await KillAsync(point);
        }

        await AssertKeptAsync();
    }

    private async Task KillAsync(string? point)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath!, ["--filter-method", $"{typeof(UpgradeTests).FullName}.{nameof(An_upgrade_that_is_killed_loses_nothing_wherever_it_was)}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [ChildVariable] = Path, [CrashPoint.Variable] = point },
        };
        using var child = Process.Start(start)!;
        var output = Task.WhenAll(child.StandardOutput.ReadToEndAsync(SqliteFixture.Cancellation), child.StandardError.ReadToEndAsync(SqliteFixture.Cancellation));
        if (point is null)
        {
            // The rows do not fit into the writer's cache: the log grows while they are moved.
            await SqliteFixture.UntilAsync(() => child.HasExited || new FileInfo(Path + "-wal") is { Exists: true, Length: > 1 << 20 });
            child.Kill();
        }

        await child.WaitForExitAsync(SqliteFixture.Cancellation);
        Assert.True(child.ExitCode == Killed, $"{point}: exit code {child.ExitCode}\n{string.Concat(await output)}");
    }

    private async Task AssertKeptAsync()
    {
        await using var store = await SqliteFixture.OpenAsync(Path);
        using var connection = SqliteConnection.Open(new SqliteOptions { Path = Path }, 1000, TimeSpan.FromSeconds(5));
        Assert.Equal(Owed - 3 - 1, store.Statistics.Pending);
        Assert.Equal(2, connection.ReadNumber("SELECT count(*) FROM fresh"));
        Assert.Equal(Owed - 8, connection.ReadNumber("SELECT count(*) FROM backlog b JOIN subscriptions s ON s.number = b.subscription AND s.queue = b.queue WHERE b.due = 1000 + b.id AND b.attempts = 2"));
        Assert.Equal(1, connection.ReadNumber("SELECT due FROM backlog WHERE id = 3 AND attempts = 1"));
        Assert.Equal(4, connection.ReadNumber("SELECT attempts FROM kept WHERE id = 4 AND state = 1"));
        Assert.Equal(3, connection.ReadNumber("SELECT count(*) FROM kept WHERE state = 2"));
        Assert.Equal("https://example.com:443", (await store.ReadQueuesAsync(0, 10, SqliteFixture.Cancellation))[0].Endpoint);
    }

    [Fact]
    public async Task An_upgrade_that_is_cut_off_leaves_version_1_as_it_was()
    {
        MakeVersion1(owed: 1000);
        using (var connection = SqliteConnection.OpenForWriting(new SqliteOptions { Path = Path }))
        {
            connection.AddFunction("endpoint_name", StoredQueue.EndpointOf);
            connection.Execute("BEGIN IMMEDIATE");
            connection.Execute(Migration.Of("sqlite").Single(migration => migration.Version == 3).Sql);
            // What a power cut finds on disk while the transaction is open.
            foreach (var suffix in new[] { "", "-wal" })
            {
                File.Copy(Path + suffix, folder.File("cut.db") + suffix);
            }
        }

        using (var cut = SqliteConnection.Open(new SqliteOptions { Path = folder.File("cut.db") }, 1000, TimeSpan.Zero))
        {
            Assert.Equal(1, cut.ReadNumber("PRAGMA user_version"));
            Assert.Equal(1000, cut.ReadNumber("SELECT count(*) FROM callbacks"));
        }

        await using var store = await SqliteFixture.OpenAsync(folder.File("cut.db"));
        Assert.Equal(1000 - 3 - 1, store.Statistics.Pending);
    }

    // Fresh: 1, 2. Handed out as a retry: 3. Parked: 4. Dead: 5 to 7. Owed to a subscription that was removed: 8. The others are due later.
    private void MakeVersion1(int owed = Owed)
    {
        using var connection = SqliteConnection.OpenForWriting(new SqliteOptions { Path = Path });
        connection.Execute("PRAGMA page_size = 16384; PRAGMA journal_mode = WAL");
        connection.Execute(Migration.Of("sqlite").Single(migration => migration.Version == 1).Sql);
        connection.Execute(
            $"""
            PRAGMA application_id = {0x506f7374};
            PRAGMA user_version = 1;
            BEGIN;
            INSERT INTO subscriptions VALUES
              (1, 'sub_1', 'acme', '/orders', NULL, 'https://example.com/a', NULL, NULL, 0, 2, NULL, 0, NULL, '[]', 0, 1),
              (2, 'sub_2', 'other', '/orders', NULL, 'http://[::1]:99/b', NULL, NULL, 0, 0, NULL, 0, NULL, '[]', 0, 1);
            WITH RECURSIVE n (id) AS (VALUES (1) UNION ALL SELECT id + 1 FROM n WHERE id < {owed})
            INSERT INTO callbacks SELECT id, id, CASE WHEN id = 8 THEN 9 ELSE 1 + id % 2 END,
              CASE WHEN id < 8 THEN 0 ELSE 1000 + id END,
              CASE WHEN id < 3 THEN 0 WHEN id = 3 THEN 1 WHEN id = 4 THEN 4 ELSE 2 END,
              CASE WHEN id = 4 THEN 1 WHEN id IN (5, 6, 7) THEN 2 ELSE 0 END FROM n;
            UPDATE counters SET last_callback = {owed}, pending = {owed} - 3, dead = 3, subscriptions = 2, last_subscription = 9;
            COMMIT
            """);
    }
}
