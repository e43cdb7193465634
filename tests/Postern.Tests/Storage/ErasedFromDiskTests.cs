using System.Text;
using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite;

namespace Postern.Tests.Storage;

/// <summary>What was erased is looked for in the bytes of the files, and not by asking the store.</summary>
public sealed class ErasedFromDiskTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Nothing_of_an_erased_subject_is_left_in_the_files()
    {
        var path = folder.File("postern.db");
        await using var store = await SqliteFixture.OpenAsync(path);
        var subscription = await store.AddSubscriptionAsync(Wish("globex"), SqliteFixture.Cancellation);
        await FillAsync(store, subscription);

        Assert.True(Holds(path, "planted"), "It was never there: the test proves nothing.");
        await EraseAsync(store, new ErasureOrder("planted-subject", null, null));

        Assert.False(Holds(path, "planted"));
        Assert.True(Holds(path, "harmless"));
    }

    [Fact]
    public async Task Nothing_of_an_erased_consumer_is_left_in_the_files()
    {
        var path = folder.File("postern.db");
        await using var store = await SqliteFixture.OpenAsync(path);
        var subscription = await store.AddSubscriptionAsync(
            Wish("planted-consumer") with { Callback = "https://planted.example/hook", Metadata = """{"name":"planted"}""" }, SqliteFixture.Cancellation);
        for (var change = 0; change < 20; change++)
        {
            // Rows that grow leave copies of themselves behind.
            var text = string.Concat(Enumerable.Repeat("planted", change));
            await store.ChangeSubscriptionAsync(subscription.Id, current => current with { Metadata = $$"""{"name":"{{text}}"}""" }, SqliteFixture.Cancellation);
        }

        await FillAsync(store, subscription, subject: "other", error: "planted answer");
        await EraseAsync(store, new ErasureOrder(null, null, "planted-consumer"));

        Assert.False(Holds(path, "planted consumer"));
        Assert.False(Holds(path, "planted.example"));
        Assert.False(Holds(path, "planted answer"));
        Assert.False(Holds(path, "plantedplanted"));
    }

    private static async Task FillAsync(SqliteStore store, Subscription subscription, string subject = "planted-subject", string error = "planted error")
    {
        for (var number = 0; number < 600; number++)
        {
            var planted = number % 3 == 0;
            var data = planted ? $"planted {new string('p', number * 40)} planted" : $"harmless {number}";
            var staged = await SqliteFixture.StageAsync(store, SqliteFixture.Content(data, producerId: planted ? $"planted-{number}" : $"{number}") with
            {
                Subject = planted ? subject : "other", Source = "/orders",
            });
            var callbacks = await store.CommitMatchesAsync(
                staged.Sequence - 1, staged.Sequence, [new Match(staged.Sequence, subscription.Number)], SqliteFixture.Cancellation);
            var attempt = new Attempt
            {
                At = DateTimeOffset.UnixEpoch, Outcome = AttemptOutcome.Retry, Duration = TimeSpan.Zero, Error = planted ? error : "no",
                Response = Encoding.UTF8.GetBytes(planted ? error : "no"),
            };
            await store.RecordAsync(new CallbackResult(callbacks[0], new CallbackOutcome.Delivered(), attempt), SqliteFixture.Cancellation);
        }
    }

    private static async Task EraseAsync(SqliteStore store, ErasureOrder order)
    {
        var erasure = await store.OrderErasureAsync(order, SqliteFixture.Cancellation);
        while (erasure.Finished is null)
        {
            erasure = (await store.EraseAsync(erasure.Id, 50, SqliteFixture.Cancellation)).Erasure;
        }
    }

    private static bool Holds(string path, string text)
    {
        foreach (var file in new[] { path, path + "-wal" }.Where(File.Exists))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            if (bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static Subscription Wish(string consumer) => new()
    {
        Id = SubscriptionId.Create(), Consumer = consumer, Resource = "/orders", Callback = "https://example.com/hook",
        Created = DateTimeOffset.UnixEpoch, Secrets = [new SealedSecret(new byte[] { 1 }, null)],
    };
}
