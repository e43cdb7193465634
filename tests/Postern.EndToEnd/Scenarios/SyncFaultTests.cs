using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class SyncFaultTests
{
    // CommandLine.StoreLost.
    private const int StoreLost = 3;

    [Fact]
    public async Task A_node_whose_sync_fails_ends_at_once_and_has_lost_nothing_when_it_starts_again()
    {
        Requires.Linux();
        Requires.Tool("strace", "-V");
        await using var load = await LoadedGateway.StartAsync();
        await load.Producer.PublishAsync(first: 0, 200);

        int code;
        await using (await Strace.AttachAsync(load.Gateway.ProcessId, "fsync,fdatasync:error=EIO", load.Scratch))
        {
            var before = load.Producer.AcknowledgedCount;
            await load.Producer.PublishAsync(first: 200, 100);
            Assert.Equal(before, load.Producer.AcknowledgedCount);
            // The publisher is answered 503 until the process is gone: that is over in less than a second, tracing included.
            code = await load.Gateway.WaitForExitAsync(seconds: 1);
        }

        Assert.Equal(StoreLost, code);
        Assert.Contains("a sync of its store failed", load.Gateway.Log, StringComparison.Ordinal);

        await load.RestartAsync();
        // As a publisher does that had no answer; the commit whose sync failed may be there, and is known by its ids then.
        await load.Producer.PublishAsync(first: 200, 100);
        Assert.Equal(300, load.Producer.AcknowledgedCount);
        await load.AssertNothingLostAsync(mostDuplicates: 200);
    }
}
