using System.Diagnostics;
using Postern.Ports;
using Postern.Storage.Sqlite;

namespace Postern.Tests.Storage;

public sealed class SyncFaultTests
{
    // Set in the child: the same test, run under strace, whose syncs of the write-ahead log fail.
    private const string ChildVariable = "POSTERN_TEST_SYNC_FAULT";
    private const int Attempts = 30;

    [Fact]
    public async Task A_commit_whose_sync_fails_is_not_acknowledged_and_the_last_one()
    {
        if (Environment.GetEnvironmentVariable(ChildVariable) is { } path)
        {
            await StageUnderFaultsAsync(path);
            return;
        }

        using var folder = new TemporaryFolder();
        path = folder.File("postern.db");
        // Made before, so that strace can tell the log by its name and only it.
        await (await SqliteFixture.OpenAsync(path)).DisposeAsync();
        await RunChildAsync(path);

        var acknowledged = await File.ReadAllLinesAsync(path + ".acked", SqliteFixture.Cancellation);
        await using var store = await SqliteFixture.OpenAsync(path);
        var stored = await store.ReadEventsAsync(0, 1000, SqliteFixture.Cancellation);
        Assert.InRange(acknowledged.Length, 1, Attempts - 1);
        // Everything acknowledged is there; the one whose sync failed may be, since nobody was told that it is not.
        Assert.Equal(acknowledged, stored.Take(acknowledged.Length).Select(read => read.Id));
        Assert.InRange(stored.Count, acknowledged.Length, acknowledged.Length + 1);
    }

    private static async Task StageUnderFaultsAsync(string path)
    {
        var acknowledged = new List<string>();
        var refused = 0;
        var ends = new List<string>();
        await using (var store = await SqliteFixture.OpenAsync(new SqliteOptions { Path = path, OnFatal = ends.Add }))
        {
            for (var index = 0; index < Attempts; index++)
            {
                try
                {
                    acknowledged.Add((await SqliteFixture.StageAsync(store)).Id);
                }
                catch (StoreUnavailableException exception)
                {
                    Assert.Contains("I/O error", exception.Message, StringComparison.Ordinal);
                    refused++;
                }
            }

            Assert.False(store.Statistics.Healthy);
        }

        // The later syncs would have succeeded: they prove nothing, so nothing after the first fault is taken.
        Assert.InRange(refused, Attempts - 13, Attempts - 1);
        Assert.Single(ends);
        await File.WriteAllLinesAsync(path + ".acked", acknowledged, SqliteFixture.Cancellation);
    }

    private static async Task RunChildAsync(string path)
    {
        var start = new ProcessStartInfo("strace",
        [
            "-f", "-qq", "-o", path + ".strace", "-P", path + "-wal", "-e", "trace=fsync,fdatasync",
            "-e", "inject=fsync,fdatasync:error=EIO:when=10..13", Environment.ProcessPath!,
            "--filter-method", $"{typeof(SyncFaultTests).FullName}.{nameof(A_commit_whose_sync_fails_is_not_acknowledged_and_the_last_one)}",
        ])
        {
            RedirectStandardOutput = true,
            Environment = { [ChildVariable] = path },
        };
        try
        {
            using var child = Process.Start(start)!;
            var output = await child.StandardOutput.ReadToEndAsync(SqliteFixture.Cancellation);
            await child.WaitForExitAsync(SqliteFixture.Cancellation);
            Assert.True(child.ExitCode == 0 && File.Exists(path + ".acked"), output);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            Mount.Missing($"strace is not there: {exception.Message}");
        }
    }
}
