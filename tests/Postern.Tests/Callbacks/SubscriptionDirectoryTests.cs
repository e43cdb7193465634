using Postern.Callbacks;
using Postern.Egress;
using Postern.Model;

namespace Postern.Tests.Callbacks;

public sealed class SubscriptionDirectoryTests : IAsyncDisposable
{
    private static readonly SecretProtector Protector = new(new byte[SecretProtector.KeyBytes]);

    private readonly MemoryStore store = new(TimeProvider.System);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_change_committed_during_the_first_read_is_not_lost()
    {
        using var directory = new SubscriptionDirectory(store, Protector);
        var subscription = store.Add(CallbackRig.Describe("https://example.com/"));
        store.WhileReading = () =>
        {
            store.Change(subscription, active => active with { State = SubscriptionState.Paused });
            return Task.CompletedTask;
        };

        var entry = await directory.RentAsync(subscription.Number, TestContext.Current.CancellationToken);

        Assert.Equal(SubscriptionState.Paused, entry.Current!.State);
        Assert.False(entry.MaySend);
    }

    [Fact]
    public async Task A_removal_committed_during_the_first_read_is_not_lost()
    {
        using var directory = new SubscriptionDirectory(store, Protector);
        var subscription = store.Add(CallbackRig.Describe("https://example.com/"));
        store.WhileReading = () =>
        {
            store.Remove(subscription);
            return Task.CompletedTask;
        };

        var entry = await directory.RentAsync(subscription.Number, TestContext.Current.CancellationToken);

        Assert.True(entry.IsRemoved);
        Assert.False(entry.MaySend);
        Assert.Equal(0, directory.Count);
    }

    [Fact]
    public async Task A_subscription_is_read_once()
    {
        using var directory = new SubscriptionDirectory(store, Protector);
        var subscription = store.Add(CallbackRig.Describe("https://example.com/"));

        (await directory.RentAsync(subscription.Number, TestContext.Current.CancellationToken)).Return();
        (await directory.RentAsync(subscription.Number, TestContext.Current.CancellationToken)).Return();

        Assert.Equal(1, store.SubscriptionReads);
    }

    [Fact]
    public async Task The_directory_stays_bounded_and_keeps_what_is_in_use()
    {
        using var directory = new SubscriptionDirectory(store, Protector, capacity: 8);
        var used = store.Add(CallbackRig.Describe("https://example.com/"));
        var entry = await directory.RentAsync(used.Number, TestContext.Current.CancellationToken);
        for (var number = 0; number < 100; number++)
        {
            var other = store.Add(CallbackRig.Describe("https://example.com/"));
            (await directory.RentAsync(other.Number, TestContext.Current.CancellationToken)).Return();
        }

        store.Remove(used);

        Assert.InRange(directory.Count, 0, 9);
        Assert.True(entry.IsRemoved);
    }
}
