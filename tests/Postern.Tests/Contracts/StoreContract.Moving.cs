using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    private const string Elsewhere = "https://elsewhere.example.com/hook";

    [Fact]
    public async Task What_waits_follows_its_subscription_to_another_endpoint_and_is_due_now()
    {
        var (mine, neighbour) = (await AddAsync(), await AddAsync());
        var callbacks = await OweAsync(mine, neighbour);
        var later = Time.GetUtcNow().AddHours(3);
        foreach (var callback in callbacks)
        {
            await RecordAsync(callback, new CallbackOutcome.RetryAt(later), Try(AttemptOutcome.Retry));
        }

        var moved = await MoveAsync(mine);

        Assert.NotEqual(mine.Queue, moved.Queue);
        Assert.Equal([Waiting(callbacks[0], moved, Time.GetUtcNow()) with { Attempts = 1 }], await DueAsync());
        Assert.Equal(new OwedCount(1, true, Time.GetUtcNow()), await Store.CountOwedAsync(moved.Number, moved.Queue, 10, Cancellation));
        Assert.Single((await Store.ListCallbacksAsync(new CallbackQuery { Subscription = mine.Number }, Cancellation)).Callbacks);
        Assert.Equal(Waiting(callbacks[1], neighbour, later) with { Attempts = 1 }, Assert.Single((await Store.ReadBacklogAsync(mine.Queue, later, later, 10, Cancellation)).Callbacks));
    }

    [Fact]
    public async Task More_than_fits_one_commit_follows_after_a_restart_too_and_is_seen_meanwhile()
    {
        const int Count = 12_000;
        var (mine, neighbour) = (await AddAsync(), await AddAsync());
        await OweManyAsync(Count, mine, neighbour);

        var moved = await MoveAsync(mine);
        await ReopenAsync();

        int left;
        do
        {
            Assert.Equal(Count, (await Store.CountOwedAsync(moved.Number, moved.Queue, 1_000_000, Cancellation)).Count);
            left = (await Store.ReadBacklogAsync(mine.Queue, Time.GetUtcNow(), Time.GetUtcNow(), 1_000_000, Cancellation)).Callbacks.Count(callback => callback.Subscription == mine.Number);
        }
        while (left > 0);
        Assert.Equal(Count, (await Store.ReadBacklogAsync(moved.Queue, Time.GetUtcNow(), Time.GetUtcNow(), 1_000_000, Cancellation)).Callbacks.Count);
        Assert.Equal(Count, (await Store.ReadBacklogAsync(mine.Queue, Time.GetUtcNow(), Time.GetUtcNow(), 1_000_000, Cancellation)).Callbacks.Count);
        Assert.Equal(2 * Count, Store.Statistics.Pending);
    }

    [Fact]
    public async Task A_list_of_callbacks_misses_none_while_they_move()
    {
        const int Count = 6_000;
        var mine = await AddAsync();
        await OweManyAsync(Count, mine);
        await MoveAsync(mine);
        var seen = new HashSet<long>();
        CallbackCursor? after = null;
        do
        {
            var page = await Store.ListCallbacksAsync(new CallbackQuery { Subscription = mine.Number, After = after, Limit = 500 }, Cancellation);
            seen.UnionWith(page.Callbacks.Select(callback => callback.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(Count, seen.Count);
    }

    [Fact]
    public async Task What_has_come_back_before_all_had_left_is_in_its_queue()
    {
        const int Count = 12_000;
        var mine = await AddAsync();
        await OweManyAsync(Count, mine);

        var away = await MoveAsync(mine);
        await Store.ChangeSubscriptionAsync(mine.Id, current => current with { Callback = mine.Callback }, Cancellation);

        while ((await Store.ReadBacklogAsync(away.Queue, Time.GetUtcNow(), Time.GetUtcNow(), 1, Cancellation)).Callbacks.Count > 0)
        {
            await Task.Yield();
        }

        Assert.Equal(Count, (await Store.ReadBacklogAsync(mine.Queue, Time.GetUtcNow(), Time.GetUtcNow(), 1_000_000, Cancellation)).Callbacks.Count);
    }

    [Fact]
    public async Task A_callback_that_was_delivered_while_it_moved_is_owed_no_more_and_lets_its_successor_go()
    {
        var mine = await AddAsync();
        var staged = await Store.StageAsync([Content(), Content()], Cancellation);
        var first = (await Store.CommitMatchesAsync(
            0, 2, [.. staged.Select(@event => new Match(@event.Sequence, mine.Number, Order: 7))], Cancellation))[0];
        await RecordAsync(first, new CallbackOutcome.RetryAt(Time.GetUtcNow()), Try(AttemptOutcome.Retry));
        var sent = Assert.Single(await DueAsync());
        await MoveAsync(mine);

        var released = await Store.RecordAsync(
            new CallbackResult(sent, CallbackOutcome.Delivered.Instance, Try(AttemptOutcome.Delivered, 204)) { Queue = mine.Queue }, Cancellation);

        Assert.Equal(staged[1].Sequence, released?.Event);
        Assert.Empty(await DueAsync());
        Assert.Equal(1, Store.Statistics.Pending);
    }

    [Fact]
    public async Task A_callback_that_failed_while_it_moved_is_due_at_its_new_endpoint()
    {
        var mine = await AddAsync();
        await RecordAsync((await OweAsync(mine))[0], new CallbackOutcome.RetryAt(Time.GetUtcNow()), Try(AttemptOutcome.Retry));
        var sent = Assert.Single(await DueAsync());
        var moved = await MoveAsync(mine);

        await RecordAsync(sent, new CallbackOutcome.RetryAt(Time.GetUtcNow().AddHours(1)), Try(AttemptOutcome.Retry));

        Assert.Equal([sent with { Queue = moved.Queue }], await DueAsync());
        Assert.Equal(1, Store.Statistics.Pending);
    }

    private async Task<Subscription> MoveAsync(Subscription subscription) =>
        (await Store.ChangeSubscriptionAsync(subscription.Id, current => current with { Callback = Elsewhere }, Cancellation))!;

    private async Task OweManyAsync(int count, params Subscription[] subscriptions)
    {
        var staged = await StageAsync();
        var fresh = await Store.CommitMatchesAsync(
            0, 1, [.. Enumerable.Range(0, count).SelectMany(_ => subscriptions).Select(subscription => new Match(staged.Sequence, subscription.Number))], Cancellation);
        await Store.DeferAsync([.. fresh.Select(callback => callback with { Queue = subscriptions[0].Queue })], Cancellation);
    }
}
