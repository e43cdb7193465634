using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Only_the_first_of_an_order_is_handed_outsideand_settling_it_releases_the_next()
    {
        var subscription = await AddAsync();
        var handed = await OweInOrderAsync(subscription, 7, 7, 8, 7);

        Assert.Equal([1, 3], handed.Select(callback => callback.Id));
        Assert.Equal(4, Store.Statistics.Pending);
        var second = await SettleAsync(handed[0], CallbackOutcome.Delivered.Instance);
        await ReopenAsync();
        Assert.Equal(2, second!.Value.Id);
        Assert.Contains(second.Value, await HandedOutAsync());
        var third = await SettleAsync(second.Value, new CallbackOutcome.Dead("No more tries."));
        Assert.Equal(4, third!.Value.Id);
        Assert.Null(await SettleAsync(third.Value, CallbackOutcome.Dropped.Instance));
        Assert.Equal((1, 1), (Store.Statistics.Pending, Store.Statistics.Dead));
    }

    [Fact]
    public async Task A_retry_keeps_its_place_at_the_head_of_its_order()
    {
        var subscription = await AddAsync();
        var head = (await OweInOrderAsync(subscription, 7, 7))[0];

        Assert.Null(await SettleAsync(head, new CallbackOutcome.RetryAt(Time.GetUtcNow())));
        Assert.Empty(await OweInOrderAsync(subscription, 7));
        Assert.Null(await SettleAsync(head, CallbackOutcome.Delivered.Instance));

        Assert.Equal(2, (await SettleAsync(Assert.Single(await DueAsync()), CallbackOutcome.Delivered.Instance))!.Value.Id);
        Assert.Equal(2, Store.Statistics.Pending);
    }

    [Fact]
    public async Task A_revived_callback_stands_behind_those_still_owed_in_its_order()
    {
        var subscription = await AddAsync();
        var head = (await OweInOrderAsync(subscription, 7, 7))[0];
        var second = await SettleAsync(head, new CallbackOutcome.Dead("No more tries."));

        var revived = await Store.ReviveCallbackAsync(head.Id, Cancellation);

        Assert.Equal(1, revived.Count);
        Assert.Empty(revived.Due);
        Assert.Equal(head.Event, (await SettleAsync(second!.Value, CallbackOutcome.Delivered.Instance))!.Value.Event);
        Assert.Equal((1, 0), (Store.Statistics.Pending, Store.Statistics.Dead));
    }

    [Fact]
    public async Task What_is_held_goes_with_its_subscription()
    {
        var subscription = await AddAsync();
        var head = (await OweInOrderAsync(subscription, 7, 7, 7))[0];

        await Store.RemoveSubscriptionsAsync([subscription.Id], Cancellation);

        Assert.Equal(1, Store.Statistics.Pending);
        Assert.Null(await SettleAsync(head, CallbackOutcome.Dropped.Instance));
        Assert.Equal(0, Store.Statistics.Pending);
    }

    /// <summary>Random operations: the counters are what the places hold, and no order has two of its callbacks out.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_happens_nothing_owed_is_lost_or_counted_twice(int seed)
    {
        var random = new Random(seed);
        var subscription = await AddAsync();
        var dead = 0;
        var owed = 0;
        for (var step = 0; step < 250; step++)
        {
            var outside = (await HandedOutAsync()).Concat(await DueAsync(DateTimeOffset.MaxValue)).ToList();
            Assert.Equal(outside.Count(callback => callback.Order != 0), outside.Where(callback => callback.Order != 0).Select(callback => callback.Order).Distinct().Count());
            switch (random.Next(8))
            {
                case 0 or 1:
                    await OweInOrderAsync(subscription, [.. Enumerable.Range(0, 3).Select(_ => (long)random.Next(3))]);
                    owed += 3;
                    break;
                case 2 when dead > 0:
                    var revived = await Store.ReviveAsync(subscription.Number, 1, Cancellation);
                    (dead, owed) = (dead - revived.Count, owed + revived.Count);
                    break;
                case 3 when outside.Count > 0:
                    await Store.DeferAsync([outside[0] with { Queue = subscription.Queue }], Cancellation);
                    break;
                case 4 when outside.Count > 0:
                    await SettleAsync(outside[random.Next(outside.Count)], new CallbackOutcome.Dead("No more tries."));
                    (dead, owed) = (dead + 1, owed - 1);
                    break;
                case 5 when outside.Count > 0:
                    await SettleAsync(outside[random.Next(outside.Count)], new CallbackOutcome.RetryAt(Time.GetUtcNow().AddSeconds(random.Next(60))));
                    break;
                case 6 or 7 when outside.Count > 0:
                    await SettleAsync(outside[random.Next(outside.Count)], CallbackOutcome.Delivered.Instance);
                    owed--;
                    break;
                default:
                    await ReopenAsync();
                    break;
            }

            Assert.True((owed, dead) == ((int)Store.Statistics.Pending, (int)Store.Statistics.Dead), $"seed {seed}, step {step}: {owed} owed, {dead} dead, {Store.Statistics}");
        }

        for (var left = owed; left > 0; left--)
        {
            var next = (await HandedOutAsync()).Concat(await DueAsync(DateTimeOffset.MaxValue)).First();
            await SettleAsync(next, CallbackOutcome.Delivered.Instance);
        }

        Assert.Equal(0, Store.Statistics.Pending);
        Assert.Empty(await CallbacksAsync(CallbackState.Pending));
    }

    private async Task<IReadOnlyList<DueCallback>> OweInOrderAsync(Subscription subscription, params long[] orders)
    {
        var staged = await StageAsync();
        return await Store.CommitMatchesAsync(
            await Store.ReadCursorAsync(Cancellation), staged.Sequence,
            [.. orders.Select(order => new Match(staged.Sequence, subscription.Number, order))], Cancellation);
    }

    private ValueTask<DueCallback?> SettleAsync(DueCallback callback, CallbackOutcome outcome) =>
        Store.RecordAsync(new CallbackResult(callback, outcome, null), Cancellation);
}
