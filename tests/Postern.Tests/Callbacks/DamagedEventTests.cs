using Postern.Model;
using Postern.Ports;
using Postern.Tests.Storage;
using TemporaryFolder = Postern.Tests.Storage.TemporaryFolder;

namespace Postern.Tests.Callbacks;

public sealed class DamagedEventTests
{
    [Fact]
    public async Task An_event_that_the_disk_has_changed_is_never_sent_and_its_queue_goes_on()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        var path = folder.File("postern.db");
        await using var receiver = RawReceiver.Answering(204);
        IReadOnlyList<DueCallback> owed;
        await using (var store = await SqliteFixture.OpenAsync(path))
        {
            var subscription = await store.AddSubscriptionAsync(CallbackRig.Describe(receiver.Url), cancellation);
            var staged = await SqliteFixture.StageAsync(store, CallbackRig.Content("\"a payload to be found again\""));
            var next = await SqliteFixture.StageAsync(store, CallbackRig.Content("\"the next one\""));
            owed = await store.CommitMatchesAsync(
                0, 2, [.. new[] { staged, next }.Select(one => new Match(one.Sequence, subscription.Number))], cancellation);
        }

        var content = await File.ReadAllBytesAsync(path, cancellation);
        content[content.AsSpan().IndexOf("a payload"u8)] ^= 1;
        await File.WriteAllBytesAsync(path, content, cancellation);

        var log = new CollectingLogger();
        await using var damaged = await SqliteFixture.OpenAsync(path, log);
        await using var rig = new CallbackRig(store: damaged);
        await rig.StartAsync();

        await Until.TrueAsync(() => damaged.Statistics is { Dead: 1, Pending: 0 });
        Assert.Equal(2, owed.Count);
        Assert.Contains("the next one", Assert.Single(receiver.Requests), StringComparison.Ordinal);
        Assert.Contains(log.Entries, entry => entry.Id == 610);

        // Brought back it dies again, and that is told again.
        await rig.PublishAsync((await damaged.ReviveCallbackAsync(owed[0].Id, cancellation)).Due);
        await Until.TrueAsync(() => damaged.Statistics is { Dead: 1, Pending: 0 });
        var told = await damaged.ListEventsAsync(new EventQuery { Type = "postern.callback.dead" }, cancellation);
        Assert.Equal(2, told.Count);
    }
}
