using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class SlowDiskTests
{
    private const int Events = 1_000;

    [Fact]
    public async Task With_syncs_of_300_ms_many_events_share_each_and_none_is_sent_twice()
    {
        Requires.Linux();
        Requires.Tool("strace", "-V");
        await using var load = await LoadedGateway.StartAsync(callbacks: "concurrency: 200, timeout: 5s");
        // Warm, so that the lane's window is open when the disk becomes slow.
        await load.Producer.PublishAsync(first: 0, Events);
        await load.AssertNothingLostAsync(mostDuplicates: 0);

        int syncs;
        await using (var slow = await Strace.AttachAsync(load.Gateway.ProcessId, "fsync,fdatasync:delay_enter=300000", load.Scratch))
        {
            await load.Producer.PublishAsync(first: Events, Events);
            await load.AssertNothingLostAsync(mostDuplicates: 0);
            syncs = slow.Count;
        }

        Assert.Equal(2 * Events, load.Producer.AcknowledgedCount);
        // Each event is staged, matched and recorded: three commits if nobody shared one.
        Assert.InRange(syncs, 1, 3 * Events / 20);
    }

    [Fact]
    public async Task A_quota_that_is_used_up_is_a_503_and_ends_with_it()
    {
        Requires.Linux();
        Requires.Tool("strace", "-V");
        await using var load = await LoadedGateway.StartAsync();
        await load.Producer.PublishAsync(first: 0, 100);
        await load.AssertNothingLostAsync(mostDuplicates: 0);

        await using (await Strace.AttachAsync(load.Gateway.ProcessId, "pwrite64:error=EDQUOT", load.Scratch))
        {
            using var refused = await load.Gateway.Client.PublishAsync("/load", "over-quota", "load.made", "{}");
            Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            await load.Gateway.Client.CallAsync(HttpMethod.Get, "/orders", System.Net.HttpStatusCode.OK);
        }

        await load.Producer.PublishAsync(first: 100, 100);
        Assert.Equal(200, load.Producer.AcknowledgedCount);
        await load.AssertNothingLostAsync(mostDuplicates: 0);
    }
}
