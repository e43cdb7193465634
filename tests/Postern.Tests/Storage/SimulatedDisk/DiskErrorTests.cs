using System.Collections.Concurrent;
using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Tests.Storage.SimulatedDisk;

/// <summary>A disk that says no, once, at every point where it can.</summary>
public sealed class DiskErrorTests(ITestOutputHelper output)
{
    // sqlite.org/rescode.html
    private const int WriteError = 778;
    private const int Full = 13;
    private const int Attempts = 14;

    [Theory]
    [InlineData("sync")]
    [InlineData("write")]
    [InlineData("full")]
    [InlineData("short write")]
    public async Task After_an_error_of_the_disk_and_a_power_loss_everything_acknowledged_is_there(string kind)
    {
        var (refused, images) = (0, 0);
        var faults = new ConcurrentBag<string>();
        for (var place = 1; place <= 20; place++)
        {
            await using var run = await RecordedRun.StartAsync(pageSize: 512);
            run.Disk.Fault = At(kind, place);
            var ledger = new StagedLedger();
            await StageAsync(run, ledger, Attempts);
            run.Disk.Fault = _ => null;
            var failed = run.Disk.Trace.Any(operation => operation.Action == DiskAction.FailedSync);
            if (failed)
            {
                // A checkpoint's thread may be on its way to say so.
                await SqliteFixture.UntilAsync(() => run.Ended is not null);
            }

            await run.CloseAsync();
            refused += ledger.Refused;

            // Between a checkpoint's sync that fails and the end, a commit whose own sync succeeds may be acknowledged: the images show that it is there.
            if (ledger.Acknowledged.Any(entry => entry.Begun > (run.Ended ?? int.MaxValue)))
            {
                faults.Add($"{kind} {place}: acknowledged after a sync had failed");
            }

            images += await JudgeAsync(run, ledger, place, drawn: 2, fault => faults.Add($"{kind} {place}, {fault}"));
        }

        output.WriteLine($"{kind}: {refused} refused, {images} images, {faults.Count} faults");
        Assert.True(faults.IsEmpty, string.Join('\n', faults.Take(10)));
        Assert.True(refused > 0, "No operation ever met the error: it proves nothing.");
    }

    /// <summary>
    /// SQLite does not sync the file after a checkpoint that a reader stopped half-way, and counts its pages as moved: no later
    /// checkpoint writes them again, and a sync that fails may drop them. Then the log is the only place where they are.
    /// </summary>
    [Fact]
    public async Task A_sync_that_fails_after_half_a_checkpoint_takes_nothing_with_it()
    {
        var faults = new ConcurrentBag<string>();
        // The store's own checkpoints come later.
        await using var run = await RecordedRun.StartAsync(pageSize: 512, checkpointPages: 400);
        var ledger = new StagedLedger();
        await StageAsync(run, ledger, 2);
        using (var reader = SqliteConnection.Open(new SqliteOptions { Path = run.File }, 100, TimeSpan.Zero))
        {
            reader.Execute("BEGIN");
            Assert.Equal(2, reader.ReadNumber("SELECT count(*) FROM events"));
            await StageAsync(run, ledger, 2);
            var before = run.Disk.Position;
            using var half = SqliteConnection.Open(new SqliteOptions { Path = run.File, Vfs = run.Disk.Vfs }, 100, TimeSpan.Zero);
            half.Checkpoint();
            Assert.DoesNotContain(run.Disk.Trace.Skip(before), operation => operation is { Action: DiskAction.Sync, IsLog: false });
            Assert.Contains(run.Disk.Trace.Skip(before), operation => operation is { Action: DiskAction.Write, IsLog: false });
        }

        var failed = false;
        run.Disk.Fault = operation =>
        {
            var fails = !failed && operation is { Action: DiskAction.Sync, IsLog: false };
            failed |= fails;
            return fails ? new DiskFault(NativeVfs.SyncError) : null;
        };
        while (run.Ended is null)
        {
            await StageAsync(run, ledger, 1);
        }

        // A connection that is opened after the fault does not hear of it.
        await run.Store.ListSubscriptionsAsync(new SubscriptionQuery(), SqliteFixture.Cancellation);
        await run.CloseAsync();

        var images = await JudgeAsync(run, ledger, seed: 1, drawn: 24, faults.Add);

        output.WriteLine($"{ledger.Acknowledged.Count} acknowledged, {images} images");
        Assert.True(faults.IsEmpty, string.Join('\n', faults.Take(10)));
    }

    /// <summary>
    /// What a failed sync left behind is clean to the kernel and not on the disk: the next process reads it and would build on it.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_start_after_a_failed_sync_trusts_nothing_that_only_the_kernel_holds(bool ofLog)
    {
        // Each of the log's syncs is another case, of the file's only whether it is the first one.
        var places = ofLog ? 12 : 2;
        var (images, acknowledgedAfter) = (0, 0);
        var faults = new ConcurrentBag<string>();
        for (var place = 1; place <= places; place++)
        {
            await using var run = await RecordedRun.StartAsync(pageSize: 512, checkpointPages: 48);
            var (ledger, seen) = (new StagedLedger(), 0);
            run.Disk.Fault = operation => operation.Action == DiskAction.Sync && operation.IsLog == ofLog && ++seen == place ? new DiskFault(NativeVfs.SyncError) : null;
            while (run.Ended is null)
            {
                await StageAsync(run, ledger, 1);
            }

            run.Disk.Fault = _ => null;
            await run.CloseAsync();

            var reopened = run.Disk.Position;
            await run.ReopenAsync();
            var before = ledger.Acknowledged.Count;
            await StageAsync(run, ledger, 4);
            acknowledgedAfter += ledger.Acknowledged.Count - before;
            await run.CloseAsync();

            images += await JudgeAsync(run, ledger, place, drawn: 24, fault => faults.Add($"{place}, {fault}"), from: reopened);
        }

        output.WriteLine($"{images} images, {faults.Count} faults");
        Assert.True(faults.IsEmpty, string.Join('\n', faults.Take(10)));
        Assert.Equal(places * 4, acknowledgedAfter);
    }

    private static async Task<int> JudgeAsync(RecordedRun run, StagedLedger ledger, int seed, int drawn, Action<string> wrong, int from = 0)
    {
        var images = 0;
        foreach (var image in new PowerLoss(run.Disk.Trace, seed).Images(drawn, inFull: 0, ledger.AcknowledgedAt).Where(image => image.Point >= from))
        {
            images++;
            if (await StoreChecker.FaultOfAsync(image, ledger) is { } fault)
            {
                wrong(fault);
            }
        }

        return images;
    }

    /// <summary>One error at the n-th operation of its kind.</summary>
    private static Func<DiskOperation, DiskFault?> At(string kind, int place)
    {
        var seen = 0;
        return operation => (operation.Action, kind) switch
        {
            (DiskAction.Sync, "sync") when ++seen == place => new DiskFault(NativeVfs.SyncError),
            (DiskAction.Write, "write") when ++seen == place => new DiskFault(WriteError),
            (DiskAction.Write, "full") when ++seen == place => new DiskFault(Full),
            (DiskAction.Write, "short write") when ++seen == place => new DiskFault(Full, operation.Data!.Length / 2),
            _ => null,
        };
    }

    private static async Task StageAsync(RecordedRun run, StagedLedger ledger, int attempts)
    {
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            var data = $"{{\"attempt\":{ledger.Intended.Count}}}";
            ledger.Intended.Add(data);
            var begun = run.Disk.Position;
            try
            {
                var staged = await SqliteFixture.StageAsync(run.Store, SqliteFixture.Content(data));
                ledger.Acknowledged.Add((begun, run.Disk.Position, staged.Sequence, data));
            }
            catch (StoreUnavailableException)
            {
                ledger.Refused++;
            }
        }
    }
}

/// <summary>What was given to a store, and what it took.</summary>
internal sealed class StagedLedger
{
    public List<string> Intended { get; } = [];

    public List<(int Begun, int Position, long Sequence, string Data)> Acknowledged { get; } = [];

    public int Refused { get; set; }

    public object AcknowledgedAt(int point) => Acknowledged.Count(entry => entry.Position <= point);
}
