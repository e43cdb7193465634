using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Deferred_callbacks_wait_in_the_backlog_they_name()
    {
        var subscription = await AddAsync();
        var (first, second) = ((await OweAsync(subscription))[0], (await OweAsync(subscription))[0]);
        await RecordAsync(second, CallbackOutcome.Delivered.Instance, null);

        await Store.DeferAsync([first with { Queue = subscription.Queue }, second with { Queue = subscription.Queue }], Cancellation);
        await ReopenAsync();

        Assert.Empty(await HandedOutAsync());
        Assert.Equal([Waiting(first, subscription, Time.GetUtcNow())], await DueAsync());
        Assert.Equal(1, Store.Statistics.Pending);
    }

    [Fact]
    public async Task One_consumer_at_one_endpoint_has_one_queue()
    {
        var first = await AddAsync(Wish(callback: "https://example.com/a"));
        var same = await AddAsync(Wish(callback: "https://EXAMPLE.com:443/b"));
        var elsewhere = await AddAsync(Wish(callback: "https://example.com:8443/a"));
        var another = await AddAsync(Wish(consumer: "other", callback: "https://example.com/a"));

        Assert.Equal(first.Queue, same.Queue);
        Assert.Equal(3, new[] { first.Queue, elsewhere.Queue, another.Queue }.Distinct().Count());
        var moved = await Store.ChangeSubscriptionAsync(first.Id, current => current with { Callback = "https://example.com:8443/c" }, Cancellation);
        Assert.Equal(elsewhere.Queue, moved!.Queue);
    }

    [Fact]
    public async Task Queues_with_a_backlog_are_read_by_number_with_their_first_due_time()
    {
        var (mine, other) = (await AddAsync(), await AddAsync(Wish(consumer: "other")));
        await AddAsync(Wish(consumer: "idle"));
        var callbacks = await OweAsync(mine, other);
        var due = Time.GetUtcNow().AddMinutes(1);
        await RecordAsync(callbacks[0], new CallbackOutcome.RetryAt(due), null);
        await RecordAsync(callbacks[1], new CallbackOutcome.RetryAt(due.AddSeconds(1)), null);

        var all = await Store.ReadQueuesAsync(0, 10, Cancellation);

        Assert.Equal(
            [new QueueBacklog(mine.Queue, "https://example.com:443", "acme", due), new QueueBacklog(other.Queue, "https://example.com:443", "other", due.AddSeconds(1))],
            all);
        Assert.Equal(all.Take(1), await Store.ReadQueuesAsync(0, 1, Cancellation));
        Assert.Equal(all.Skip(1), await Store.ReadQueuesAsync(mine.Queue, 10, Cancellation));
    }

    [Fact]
    public async Task What_is_owed_again_waits_in_the_queue_of_its_subscription_whichever_it_names()
    {
        var (mine, other) = (await AddAsync(), await AddAsync(Wish(consumer: "other")));
        var (retried, deferred) = ((await OweAsync(mine))[0], (await OweAsync(mine))[0]);
        var told = new List<long>();
        Store.SubscriptionChanged += change => told.Add(change.Subscription.Number);

        await Store.RecordAsync(new CallbackResult(retried, new CallbackOutcome.RetryAt(Time.GetUtcNow()), null) { Queue = other.Queue }, Cancellation);
        await Store.DeferAsync([deferred with { Queue = other.Queue }], Cancellation);

        Assert.Equal([Waiting(retried, mine, Time.GetUtcNow()), Waiting(deferred, mine, Time.GetUtcNow())], await DueAsync());
        Assert.Equal([mine.Number, mine.Number], told);
    }

    [Fact]
    public async Task A_resume_makes_more_callbacks_due_than_fit_one_commit()
    {
        var subscription = await AddAsync();
        var staged = await StageAsync();
        var callbacks = await Store.CommitMatchesAsync(
            0, 1, [.. Enumerable.Range(0, 12_000).Select(_ => new Match(staged.Sequence, subscription.Number))], Cancellation);
        await PauseAsync(subscription);
        await Task.WhenAll(callbacks.Select(callback => RecordAsync(callback, CallbackOutcome.Parked.Instance, null)));

        await ResumeAsync(subscription);
        while ((await CallbacksAsync(CallbackState.Parked)).Count > 0)
        {
            await Task.Yield();
        }

        Assert.Equal(10_000, (await DueAsync()).Count);
        Assert.Equal(12_000, Store.Statistics.Pending);
    }

    [Fact]
    public async Task What_is_owed_is_counted_up_to_a_limit()
    {
        var (mine, other) = (await AddAsync(), await AddAsync());
        await OweAsync(mine, other);
        var due = Time.GetUtcNow().AddMinutes(3);
        await RecordAsync((await OweAsync(mine))[0], new CallbackOutcome.RetryAt(due), null);

        Assert.Equal(new OwedCount(2, true, due), await Store.CountOwedAsync(mine.Number, mine.Queue, 10, Cancellation));
        Assert.False((await Store.CountOwedAsync(mine.Number, mine.Queue, 1, Cancellation)).IsExact);
    }

    [Fact]
    public async Task Pages_of_callbacks_show_each_once_wherever_it_stands()
    {
        var subscription = await AddAsync();
        var staged = await StageAsync();
        var fresh = await Store.CommitMatchesAsync(
            0, 1, [.. Enumerable.Range(0, 9).Select(number => new Match(staged.Sequence, subscription.Number, number < 3 ? 7 : 0))], Cancellation);
        await RecordAsync(fresh[1], new CallbackOutcome.RetryAt(Time.GetUtcNow()), null);
        await BuryAsync(fresh[2]);
        var seen = new List<long>();
        CallbackCursor? after = null;
        do
        {
            var page = await Store.ListCallbacksAsync(new CallbackQuery { Subscription = subscription.Number, After = after, Limit = 2 }, Cancellation);
            seen.AddRange(page.Callbacks.Select(callback => callback.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(Enumerable.Range(1, 9).Select(id => (long)id), seen.Order());
    }

    [Fact]
    public async Task A_page_shows_each_callback_once_while_they_move()
    {
        const int Callbacks = 400;
        var subscription = await AddAsync();
        var staged = await StageAsync();
        var fresh = await Store.CommitMatchesAsync(
            0, 1, [.. Enumerable.Repeat(new Match(staged.Sequence, subscription.Number), Callbacks)], Cancellation);

        var moving = Task.Run(
            async () =>
            {
                foreach (var callback in fresh)
                {
                    await RecordAsync(callback, new CallbackOutcome.RetryAt(Time.GetUtcNow()), null);
                }
            },
            Cancellation);
        bool moved;
        do
        {
            moved = moving.IsCompleted;
            var page = await Store.ListCallbacksAsync(new CallbackQuery { Limit = 2 * Callbacks }, Cancellation);
            Assert.Equal(fresh.Select(static callback => callback.Id), page.Callbacks.Select(static callback => callback.Id).Order());
        }
        while (!moved);

        await moving;
    }
}
