using System.Collections.Concurrent;
using Postern.Ports;

namespace Postern.Tests.Storage.SimulatedDisk;

/// <summary>A disk that says no, once, at every point where it can.</summary>
public sealed class DiskErrorTests(ITestOutputHelper output)
{
    // sqlite.org/rescode.html
    private const int WriteError = 778;
    private const int SyncError = 1034;
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
            var ledger = await StageAsync(run);
            run.Disk.Fault = _ => null;
            await run.CloseAsync();

            refused += ledger.Refused;
            var failedSync = run.Disk.Trace.ToList().FindIndex(operation => operation.Action == DiskAction.FailedSync);
            if (failedSync >= 0 && ledger.Acknowledged.Any(entry => entry.Begun > failedSync))
            {
                faults.Add($"{kind} {place}: acknowledged after a sync had failed");
            }

            var loss = new PowerLoss(run.Disk.Trace, place);
            foreach (var image in loss.Images(drawn: 2, inFull: 0, ledger.AcknowledgedAt))
            {
                images++;
                if (await StoreChecker.FaultOfAsync(image, ledger) is { } fault)
                {
                    faults.Add($"{kind} {place}, {fault}");
                }
            }
        }

        output.WriteLine($"{kind}: {refused} refused, {images} images, {faults.Count} faults");
        Assert.True(faults.IsEmpty, string.Join('\n', faults.Take(10)));
        Assert.True(refused > 0, "No operation ever met the error: it proves nothing.");
    }

    /// <summary>One error at the n-th operation of its kind.</summary>
    private static Func<DiskOperation, DiskFault?> At(string kind, int place)
    {
        var seen = 0;
        return operation => (operation.Action, kind) switch
        {
            (DiskAction.Sync, "sync") when ++seen == place => new DiskFault(SyncError),
            (DiskAction.Write, "write") when ++seen == place => new DiskFault(WriteError),
            (DiskAction.Write, "full") when ++seen == place => new DiskFault(Full),
            (DiskAction.Write, "short write") when ++seen == place => new DiskFault(Full, operation.Data!.Length / 2),
            _ => null,
        };
    }

    private static async Task<StagedLedger> StageAsync(RecordedRun run)
    {
        var ledger = new StagedLedger();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var data = $"{{\"attempt\":{attempt}}}";
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

        return ledger;
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
