using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    // More than one commit removes.
    private const int Many = 12_500;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task However_much_is_kept_for_it_a_removed_subscription_leaves_nothing_and_holds_nobody_up(long order)
    {
        var (subscription, other) = (await AddAsync(), await AddAsync(Wish(consumer: "other")));
        await ParkManyAsync(subscription, order);
        var kept = (await OweAsync(other))[0];
        Assert.Equal(Many + 1, Store.Statistics.Pending);

        await Store.RemoveSubscriptionsAsync([subscription.Id], Cancellation);

        // One bounded step in the commit of the removal, the others beside it: somebody else's call comes between.
        Assert.NotNull(await Store.FindSubscriptionAsync(other.Id, Cancellation));
        await SettledAsync(pending: 1, dead: 0);
        Assert.Equal([kept], await HandedOutAsync());
        Assert.Equal(kept.Id, Assert.Single(await CallbacksAsync()).Id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task What_is_kept_for_a_subscription_that_is_gone_goes_also_when_the_store_stops_meanwhile(long order)
    {
        var subscription = await AddAsync();
        await ParkManyAsync(subscription, order);

        await Store.ChangeSubscriptionAsync(subscription.Id, current => current with { State = SubscriptionState.Gone }, Cancellation);
        await ReopenAsync();

        await SettledAsync(pending: 0, dead: 0);
        Assert.Empty(await CallbacksAsync());
    }

    [Fact]
    public async Task The_dead_of_a_removed_subscription_go_with_it_also_when_the_store_stops_meanwhile()
    {
        var subscription = await AddAsync();
        await Task.WhenAll((await OweManyAsync(subscription, order: 0)).Select(callback => RecordAsync(callback, new CallbackOutcome.Dead("No more tries."), null)));
        Assert.Equal(Many, Store.Statistics.Dead);

        await Store.RemoveSubscriptionsAsync([subscription.Id], Cancellation);
        await ReopenAsync();

        await SettledAsync(pending: 0, dead: 0);
    }

    private async Task ParkManyAsync(Subscription subscription, long order)
    {
        var handed = await OweManyAsync(subscription, order);
        await PauseAsync(subscription);
        await Task.WhenAll(handed.Select(callback => RecordAsync(callback, CallbackOutcome.Parked.Instance, null)));
        Assert.Equal(Many, Store.Statistics.Pending);
    }

    private async Task<IReadOnlyList<DueCallback>> OweManyAsync(Subscription subscription, long order)
    {
        var staged = await Store.StageAsync([.. Enumerable.Range(0, Many).Select(_ => Content())], Cancellation);
        var matches = staged.Select(one => new Match(one.Sequence, subscription.Number, order == 0 ? 0 : 1 + one.Sequence % 3));
        return await Store.CommitMatchesAsync(staged[0].Sequence - 1, staged[^1].Sequence, [.. matches], Cancellation);
    }

    private async Task SettledAsync(long pending, long dead)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (Store.Statistics.Pending != pending || Store.Statistics.Dead != dead)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(30), $"{Store.Statistics}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation);
        }
    }
}
