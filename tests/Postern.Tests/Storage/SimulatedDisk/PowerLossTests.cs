using System.Collections.Concurrent;
using System.Globalization;

namespace Postern.Tests.Storage.SimulatedDisk;

public sealed class PowerLossTests(ITestOutputHelper output)
{
    /// <summary>How many times more images than a normal run: tests/faults/power-loss.sh sets it.</summary>
    private static readonly int Depth = int.Parse(Environment.GetEnvironmentVariable("POSTERN_TEST_DEPTH") ?? "1", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Whatever_a_power_loss_leaves_of_small_commits_holds_everything_acknowledged()
    {
        await using var run = await RecordedRun.StartAsync(pageSize: 512);
        await run.WorkAsync(rounds: 20);
        await run.CloseAsync();

        var faults = await JudgeAsync(run, drawn: 32, inFull: 0.02);

        Assert.True(faults.IsEmpty, string.Join('\n', faults.Take(10)));
    }

    [Fact]
    public async Task Whatever_a_power_loss_leaves_of_pages_as_large_as_in_use_holds_everything_acknowledged()
    {
        await using var run = await RecordedRun.StartAsync(pageSize: 16384);
        await run.WorkAsync(rounds: 12);
        await run.CloseAsync();

        var faults = await JudgeAsync(run, drawn: 16, inFull: 0);

        Assert.True(faults.IsEmpty, string.Join('\n', faults.Take(10)));
    }

    [Fact]
    public async Task Whatever_a_power_loss_leaves_of_commits_that_many_share_holds_everything_acknowledged()
    {
        await using var run = await RecordedRun.StartAsync(pageSize: 1024);
        using var everybody = new ConcurrentRun(run);
        await everybody.WorkAsync();
        await run.CloseAsync();

        var faults = await JudgeAsync(run.Disk.Trace, drawn: 12, inFull: 0, everybody.AcknowledgedAt, image => StoreChecker.FaultOfAsync(image, everybody));

        Assert.True(faults.IsEmpty, string.Join('\n', faults.Take(10)));
    }

    [Fact]
    public async Task What_many_share_is_caught_too_where_commits_are_not_synced()
    {
        await using var run = await RecordedRun.StartAsync(pageSize: 1024, synchronous: "NORMAL");
        using var everybody = new ConcurrentRun(run);
        await everybody.WorkAsync();

        var faults = await JudgeAsync(run.Disk.Trace, drawn: 12, inFull: 0, everybody.AcknowledgedAt, image => StoreChecker.FaultOfAsync(image, everybody));

        Assert.Contains(faults, fault => fault.Contains("and not", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_that_does_not_sync_its_commits_is_caught()
    {
        await using var run = await RecordedRun.StartAsync(pageSize: 512, synchronous: "NORMAL");
        await run.WorkAsync(rounds: 4);

        var faults = await JudgeAsync(run, drawn: 20, inFull: 0);

        Assert.Contains(faults, fault => fault.Contains("were acknowledged", StringComparison.Ordinal));
    }

    private Task<ConcurrentBag<string>> JudgeAsync(RecordedRun run, int drawn, double inFull) =>
        JudgeAsync(run.Disk.Trace, drawn, inFull, point => StoreChecker.Acknowledged(point, run), image => StoreChecker.FaultOfAsync(image, run));

    private async Task<ConcurrentBag<string>> JudgeAsync(
        IReadOnlyList<DiskOperation> trace, int drawn, double inFull, Func<int, object> promises, Func<DiskImage, Task<string?>> judge)
    {
        var seed = Environment.TickCount;
        var loss = new PowerLoss(trace, seed);
        var faults = new ConcurrentBag<string>();
        var count = 0;
        var clock = TimeProvider.System.GetTimestamp();
        var images = loss.Images(drawn * Depth, Math.Min(1, inFull * Depth), promises);
        await Parallel.ForEachAsync(images, SqliteFixture.Cancellation, async (image, _) =>
        {
            Interlocked.Increment(ref count);
            if (await judge(image) is { } fault)
            {
                faults.Add(fault);
            }
        });
        output.WriteLine(
            $"seed {seed}: {count} images of {trace.Count} operations, {loss.PointsInFull} points in full, "
            + $"{loss.PointsInPart} drawn, {faults.Count} faults, {TimeProvider.System.GetElapsedTime(clock).TotalSeconds:0.0} s");
        return faults;
    }
}
