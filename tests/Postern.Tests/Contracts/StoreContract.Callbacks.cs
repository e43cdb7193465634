using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Matches_and_cursor_are_committed_together()
    {
        var subscription = await AddAsync();
        var first = await StageAsync();
        var second = await StageAsync();

        var callbacks = await Store.CommitMatchesAsync(
            0, 2, [new Match(first.Sequence, subscription.Number), new Match(second.Sequence, subscription.Number)], Cancellation);
        await ReopenAsync();

        Assert.Equal(2, await Store.ReadCursorAsync(Cancellation));
        Assert.Equal(callbacks, await HandedOutAsync());
        Assert.Equal([first.Sequence, second.Sequence], callbacks.Select(callback => callback.Event));
        Assert.Equal(2, Store.Statistics.Pending);
    }

    [Fact]
    public async Task A_second_match_of_the_same_events_is_refused_and_adds_nothing()
    {
        var subscription = await AddAsync();
        var callbacks = await OweAsync(subscription);

        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await Store.CommitMatchesAsync(0, 1, [new Match(1, subscription.Number)], Cancellation));

        Assert.Equal(1, await Store.ReadCursorAsync(Cancellation));
        Assert.Equal(callbacks, await HandedOutAsync());
        Assert.Equal(1, Store.Statistics.Pending);
    }

    [Fact]
    public async Task The_cursor_cannot_pass_the_end_of_the_log()
    {
        await StageAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Store.CommitMatchesAsync(0, 2, [], Cancellation));
    }

    [Fact]
    public async Task A_delivered_callback_is_gone_and_its_attempt_is_kept()
    {
        var subscription = await AddAsync();
        var callback = (await OweAsync(subscription))[0];

        var attempt = Try(AttemptOutcome.Delivered, 204);
        await RecordAsync(callback, CallbackOutcome.Delivered.Instance, attempt);
        await ReopenAsync();

        Assert.Empty(await CallbacksAsync());
        Assert.Equal(0, Store.Statistics.Pending);
        var entry = Assert.Single(await Store.ListAttemptsAsync(new AttemptQuery(), Cancellation));
        Assert.Equal(attempt.Response.ToArray(), entry.Attempt.Response.ToArray());
        Assert.Equal(attempt with { Number = 1, Response = default }, entry.Attempt with { Response = default });
        Assert.Equal((callback.Id, 1, subscription.Id), (entry.Callback, entry.Ordinal, entry.SubscriptionId));
        Assert.Equal((await Store.ReadEventAsync(1, Cancellation))!.Id, entry.EventId);
        Assert.Equal("orders.created", entry.EventType);
    }

    [Fact]
    public async Task A_result_that_comes_twice_counts_once()
    {
        var subscription = await AddAsync();
        var first = (await OweAsync(subscription))[0];
        var second = (await OweAsync(subscription))[0];

        await RecordAsync(first, CallbackOutcome.Delivered.Instance, Try(AttemptOutcome.Delivered));
        await RecordAsync(first, CallbackOutcome.Delivered.Instance, Try(AttemptOutcome.Delivered));
        await BuryAsync(second);
        await RecordAsync(second, CallbackOutcome.Delivered.Instance, Try(AttemptOutcome.Delivered));

        Assert.Equal((0, 1), (Store.Statistics.Pending, Store.Statistics.Dead));
        Assert.Equal(second.Id, Assert.Single(await CallbacksAsync(CallbackState.Dead)).Id);
    }

    [Fact]
    public async Task A_failed_callback_is_in_the_backlog_from_when_its_time_has_come()
    {
        var subscription = await AddAsync();
        var callback = (await OweAsync(subscription))[0];
        var due = Time.GetUtcNow().AddSeconds(5);
        await RecordAsync(callback, new CallbackOutcome.RetryAt(due), Try(AttemptOutcome.Retry));
        Assert.Empty(await HandedOutAsync());
        Assert.Equal(due, Assert.Single(await CallbacksAsync(CallbackState.Pending)).Due);
        await ReopenAsync();

        var early = await Store.ReadBacklogAsync(subscription.Queue, due.AddMilliseconds(-1), due, 10, Cancellation);
        var timely = await Store.ReadBacklogAsync(subscription.Queue, due, due, 10, Cancellation);
        var again = await Store.ReadBacklogAsync(subscription.Queue, due, due, 10, Cancellation);

        Assert.Empty(early.Callbacks);
        Assert.Equal(due, early.Next);
        Assert.Equal([Waiting(callback, subscription, due) with { Attempts = 1 }], timely.Callbacks);
        Assert.Null(timely.Next);
        Assert.Equal(timely.Callbacks, again.Callbacks);
        Assert.Equal(1, Store.Statistics.Pending);
    }

    [Fact]
    public async Task A_backlog_is_read_earliest_first_up_to_the_limit()
    {
        var subscription = await AddAsync();
        var now = Time.GetUtcNow();
        foreach (var seconds in new[] { 3, 1, 2 })
        {
            await RecordAsync((await OweAsync(subscription))[0], new CallbackOutcome.RetryAt(now.AddSeconds(seconds)), Try(AttemptOutcome.Retry));
        }

        var read = await Store.ReadBacklogAsync(subscription.Queue, now.AddSeconds(9), now.AddSeconds(9), 2, Cancellation);

        Assert.Equal([2, 3], read.Callbacks.Select(callback => callback.Event));
        Assert.Equal(now.AddSeconds(3), read.Next);
    }

    [Fact]
    public async Task What_a_clock_that_was_set_back_has_planned_too_far_ahead_is_due_behind_what_is_due()
    {
        var subscription = await AddAsync();
        var now = Time.GetUtcNow();
        foreach (var seconds in new[] { 3, 100, 1, 200 })
        {
            await RecordAsync((await OweAsync(subscription))[0], new CallbackOutcome.RetryAt(now.AddSeconds(seconds)), Try(AttemptOutcome.Retry));
        }

        var read = await Store.ReadBacklogAsync(subscription.Queue, now.AddSeconds(2), now.AddSeconds(50), 10, Cancellation);
        var part = await Store.ReadBacklogAsync(subscription.Queue, now.AddSeconds(3), now.AddSeconds(50), 3, Cancellation);

        Assert.Equal([3, 2, 4], read.Callbacks.Select(callback => callback.Event));
        Assert.Equal(now.AddSeconds(3), read.Next);
        Assert.Equal([3, 1, 2], part.Callbacks.Select(callback => callback.Event));
        Assert.Equal(now.AddSeconds(200), part.Next);
    }

    [Fact]
    public async Task A_dead_callback_is_kept_and_can_be_revived_alone()
    {
        var callback = (await OweAsync(await AddAsync()))[0];
        await BuryAsync(callback);
        Assert.Equal((0, 1), (Store.Statistics.Pending, Store.Statistics.Dead));
        await ReopenAsync();
        Assert.Null(Assert.Single(await CallbacksAsync(CallbackState.Dead)).Due);

        var revived = Assert.Single(await ReviveAsync(callback.Id));
        var again = await Store.ReviveCallbackAsync(callback.Id, Cancellation);

        Assert.Equal(callback, revived with { Queue = 0, Due = 0 });
        Assert.Equal(0, again.Count);
        Assert.Equal(callback.Id, Assert.Single(await CallbacksAsync(CallbackState.Pending)).Id);
        Assert.Equal((1, 0), (Store.Statistics.Pending, Store.Statistics.Dead));
    }

    [Fact]
    public async Task Keys_of_callbacks_are_never_used_again()
    {
        var subscription = await AddAsync();
        var first = (await OweAsync(subscription))[0];
        await RecordAsync(first, CallbackOutcome.Delivered.Instance, Try(AttemptOutcome.Delivered));
        await ReopenAsync();

        Assert.True((await OweAsync(subscription))[0].Id > first.Id);
    }

    [Fact]
    public async Task Handed_out_callbacks_are_read_by_page()
    {
        var subscription = await AddAsync();
        var callbacks = new List<DueCallback>();
        for (var index = 0; index < 5; index++)
        {
            callbacks.AddRange(await OweAsync(subscription));
        }

        Assert.Equal(callbacks[..2], await Store.ReadHandedOutAsync(0, 2, Cancellation));
        Assert.Equal(callbacks[2..], await Store.ReadHandedOutAsync(callbacks[1].Id, 10, Cancellation));
    }

    [Fact]
    public async Task Thousands_of_results_at_once_are_all_kept()
    {
        var (mine, other) = (await AddAsync(), await AddAsync());
        var callbacks = new List<DueCallback>();
        for (var index = 0; index < 500; index++)
        {
            callbacks.AddRange(await OweAsync(mine, other));
        }

        await Task.WhenAll(callbacks.Select(callback => Task.Run(() => RecordAsync(
            callback,
            callback.Id % 2 == 0 ? CallbackOutcome.Delivered.Instance : new CallbackOutcome.RetryAt(Time.GetUtcNow().AddMinutes(1)),
            Try(AttemptOutcome.Delivered)))));

        Assert.Equal(500, Store.Statistics.Pending);
        Assert.Empty(await HandedOutAsync());
        Assert.Equal(1000, (await Store.ListAttemptsAsync(new AttemptQuery { Limit = 2000 }, Cancellation)).Count);
        Assert.Equal(500, (await DueAsync(Time.GetUtcNow().AddMinutes(1))).Count);
    }

    [Fact]
    public async Task Callbacks_are_listed_by_state_subscription_and_page()
    {
        var (mine, other) = (await AddAsync(Wish(callback: "https://mine.example/")), await AddAsync());
        var callbacks = (await OweAsync(mine, other)).Concat(await OweAsync(mine, other)).ToArray();
        await BuryAsync(callbacks[0]);
        await BuryAsync(callbacks[3]);

        async Task<IEnumerable<long>> List(CallbackQuery query) => (await Store.ListCallbacksAsync(query, Cancellation)).Callbacks.Select(callback => callback.Id);

        Assert.Equal(callbacks.Select(callback => callback.Id), (await List(new CallbackQuery())).Order());
        Assert.Equal([callbacks[1].Id, callbacks[2].Id], await List(new CallbackQuery { State = CallbackState.Pending }));
        Assert.Equal([callbacks[0].Id, callbacks[3].Id], await List(new CallbackQuery { State = CallbackState.Dead }));
        var first = await Store.ListCallbacksAsync(new CallbackQuery { State = CallbackState.Dead, Limit = 1 }, Cancellation);
        Assert.Equal([callbacks[3].Id], await List(new CallbackQuery { State = CallbackState.Dead, After = first.Next }));
        Assert.Equal([callbacks[0].Id, callbacks[2].Id], (await List(new CallbackQuery { Subscription = mine.Number })).Order());
        Assert.Equal([callbacks[0].Id], await List(new CallbackQuery { Subscription = mine.Number, State = CallbackState.Dead }));
        var shown = (await Store.ListCallbacksAsync(new CallbackQuery { State = CallbackState.Dead }, Cancellation)).Callbacks[0];
        Assert.Equal((mine.Id, "acme", "https://mine.example/", 1), (shown.SubscriptionId, shown.Consumer, shown.Destination, shown.Attempts));
    }

    [Fact]
    public async Task Attempts_of_a_subscription_are_found_behind_a_long_history_of_others()
    {
        var (mine, other) = (await AddAsync(), await AddAsync(Wish("globex")));
        var first = await DeliverAsync(mine);
        var busy = (await OweAsync(other))[0];
        // As many as two parts of the index, so that one is whole and nothing of mine is in it.
        await Task.WhenAll(Enumerable.Range(0, 33_000)
            .Select(number => RecordAsync(busy, new CallbackOutcome.RetryAt(Time.GetUtcNow()), Try(AttemptOutcome.Retry))));
        var last = await DeliverAsync(mine);

        async Task<IEnumerable<long>> List(AttemptQuery query) =>
            (await Store.ListAttemptsAsync(query with { Subscription = mine.Number }, Cancellation)).Select(entry => entry.Attempt.Number);

        Assert.Equal([33_002, 1], await List(new AttemptQuery()));
        Assert.Equal([33_002], await List(new AttemptQuery { Limit = 1 }));
        Assert.Equal([1], await List(new AttemptQuery { Before = 33_002 }));
        Assert.Empty(await List(new AttemptQuery { Before = 1 }));
        Assert.Empty(await List(new AttemptQuery { Outcome = AttemptOutcome.Retry }));
        Assert.Equal(
            [(first.Event, Fate.Delivered), (last.Event, Fate.Delivered)],
            (await Store.ReadFatesAsync(new FateQuery(mine.Number, 0, last.Event, Delivered: true, 10), Cancellation)).Select(fate => (fate.Event, fate.Fate)));
        Assert.Equal(2, (await EraseAsync(new ErasureOrder(null, null, "acme"))).Attempts);
        Assert.Empty(await List(new AttemptQuery()));
    }

    [Fact]
    public async Task Attempts_are_listed_newest_first_by_subscription_event_outcome_and_page()
    {
        var (mine, other) = (await AddAsync(), await AddAsync());
        var callbacks = await OweAsync(mine, other);
        await RecordAsync(callbacks[0], new CallbackOutcome.RetryAt(Time.GetUtcNow()), Try(AttemptOutcome.Retry, status: null));
        await RecordAsync(Waiting(callbacks[0], mine, Time.GetUtcNow()) with { Attempts = 1 }, CallbackOutcome.Delivered.Instance, Try(AttemptOutcome.Delivered));
        await RecordAsync(callbacks[1], CallbackOutcome.Delivered.Instance, Try(AttemptOutcome.Delivered));
        await RecordAsync((await OweAsync(mine))[0], CallbackOutcome.Delivered.Instance, Try(AttemptOutcome.Delivered));

        async Task<IEnumerable<long>> List(AttemptQuery query) =>
            (await Store.ListAttemptsAsync(query, Cancellation)).Select(entry => entry.Attempt.Number);

        Assert.Equal([4, 3, 2, 1], await List(new AttemptQuery()));
        Assert.Equal([4, 2, 1], await List(new AttemptQuery { Subscription = mine.Number }));
        Assert.Equal([3, 2, 1], await List(new AttemptQuery { Event = 1 }));
        Assert.Equal([1], await List(new AttemptQuery { Outcome = AttemptOutcome.Retry }));
        Assert.Equal([2, 1], await List(new AttemptQuery { Before = 3, Limit = 2 }));
        Assert.Equal([2], await List(new AttemptQuery { Subscription = mine.Number, Event = 1, Before = 4, Limit = 1 }));
        Assert.Equal([1, 1, 2, 1], (await Store.ListAttemptsAsync(new AttemptQuery(), Cancellation)).Select(entry => entry.Ordinal));
        Assert.Null((await Store.ListAttemptsAsync(new AttemptQuery { Outcome = AttemptOutcome.Retry }, Cancellation))[0].Attempt.Status);
    }
}
