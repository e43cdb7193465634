using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class BackupTests
{
    private const int Events = 12_000;
    private const int Unavailable = 503;

    // Nothing is given up while the endpoint is down.
    private const string Patience = "retry: { schedule: [0s, 1s], jitter: 0 }";

    [Fact]
    public async Task A_backup_made_under_load_restores_every_event_acknowledged_before_it_began_and_the_secrets_to_sign_them()
    {
        Requires.Linux();
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = await TestReceiver.StartAsync();
        receiver.Answer = _ => Unavailable;
        var setup = new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data"), Callbacks = Patience };
        IReadOnlyCollection<string> before;
        await using (var gateway = await RunningGateway.StartAsync(setup))
        {
            receiver.Trust("/hook", (await gateway.Client.SubscribeAsync("/load", receiver.Url + "/hook")).Secret);
            using var producer = new EventProducer(gateway.Url, "/load");
            var publishing = producer.PublishAsync(first: 0, Events);
            await Eventually.TrueAsync(() => producer.AcknowledgedCount >= Events / 4, () => $"{producer.AcknowledgedCount} acknowledged");
            before = producer.Acknowledged;

            var (exitCode, log) = await PosternProgram.RunAsync("store", "backup", "--data", setup.Data, "--to", scratch.File("copy.db"));

            Assert.True(exitCode == 0, log);
            Assert.True(producer.AcknowledgedCount < Events, "Everything was published before the backup ended: it saw no load.");
            await publishing;
            Assert.Equal(Events, producer.AcknowledgedCount);
            await gateway.KillAsync();
        }

        receiver.Answer = _ => 204;
        await using var restored = await RestoreAsync(scratch, setup);

        await AssertDeliveredAsync(before, receiver);
        // The gateway goes on where the copy was: events that come now do not collide with those that are lost with the old disk.
        using var next = await restored.Client.PublishAsync("/load", "after", "load.made", "{}");
        await AssertDeliveredAsync(["after"], receiver);
    }

    [Fact]
    public async Task What_a_killed_node_has_left_is_copied_with_what_stands_in_its_log()
    {
        Requires.Linux();
        const int Few = 500;
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = await TestReceiver.StartAsync();
        receiver.Answer = _ => Unavailable;
        var setup = new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data"), Callbacks = Patience };
        using var producer = new EventProducer(setup.Gateway, "/load");
        await using (var gateway = await RunningGateway.StartAsync(setup))
        {
            receiver.Trust("/hook", (await gateway.Client.SubscribeAsync("/load", receiver.Url + "/hook")).Secret);
            await producer.PublishAsync(first: 0, Few);
            await gateway.KillAsync();
        }

        var (exitCode, log) = await PosternProgram.RunAsync("store", "backup", "--data", setup.Data, "--to", scratch.File("copy.db"));

        Assert.True(exitCode == 0, log);
        Assert.Equal(Few, producer.AcknowledgedCount);
        receiver.Answer = _ => 204;
        await using var restored = await RestoreAsync(scratch, setup);
        await AssertDeliveredAsync(producer.Acknowledged, receiver);
    }

    [Fact]
    public async Task A_disk_that_is_full_keeps_no_half_of_a_copy()
    {
        Requires.Root();
        using var scratch = new ScratchDirectory();
        await using var small = await SmallFileSystem.MountAsync(mebibytes: 1);
        await using var load = await LoadedGateway.StartAsync();
        await load.Producer.PublishAsync(first: 0, count: 2_000, bytes: 1_000);

        var (exitCode, log) = await PosternProgram.RunAsync("store", "backup", "--data", load.Data, "--to", Path.Combine(small.Path, "copy.db"));

        Assert.True(exitCode == 1, log);
        Assert.Contains("is full", log, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(small.Path));
        await load.AssertNothingLostAsync(mostDuplicates: 0);
    }

    /// <summary>As the guide says: both files, in a folder that holds nothing else.</summary>
    private static async Task<RunningGateway> RestoreAsync(ScratchDirectory scratch, GatewaySetup setup)
    {
        var restored = setup with { Data = scratch.File("restored") };
        Directory.CreateDirectory(restored.Data);
        File.Move(scratch.File("copy.db"), Path.Combine(restored.Data, "postern.db"));
        File.Move(scratch.File("copy.db.key"), Path.Combine(restored.Data, "postern.key"));
        return await RunningGateway.StartAsync(restored);
    }

    private static async Task AssertDeliveredAsync(IReadOnlyCollection<string> events, TestReceiver receiver)
    {
        Ledger Taken() => Ledger.Of(events, ["/hook"], [.. receiver.Calls.Where(call => call.Status == 204 && events.Contains(call.EventId))]);
        await Eventually.TrueAsync(() => Taken().Lost.Count == 0, () => $"{Taken().Lost.Count} of {events.Count} are missing", seconds: 60);
        Taken().AssertNothingLost();
    }
}
