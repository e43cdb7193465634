using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_subject_is_erased_with_everything_that_is_owed_for_it()
    {
        var (active, paused) = (await AddAsync(), await PauseAsync(await AddAsync(Wish(callback: "https://example.com/other"))));
        var delivered = await DeliverAsync(active);
        await BuryAsync((await OweAsync(active))[0]);
        await RecordAsync((await OweAsync(paused))[0], new CallbackOutcome.Parked(), null);
        await RecordAsync((await OweAsync(active))[0], new CallbackOutcome.RetryAt(Time.GetUtcNow().AddDays(1)), Try(AttemptOutcome.Retry));
        await OweAsync(active);
        var other = await StageAsync(Content() with { Subject = "7" });
        await MatchAllAsync();

        var report = await EraseAsync(new ErasureOrder("42", null, null));

        Assert.Equal((5, 4, 3, 0, 0), (report.Events, report.Callbacks, report.Attempts, report.Subscriptions, report.Answers));
        Assert.Equal([other.Sequence], (await Store.ListEventsAsync(new EventQuery(), Cancellation)).Select(kept => kept.Sequence));
        Assert.Null(await Store.ReadEventAsync(delivered.Event, Cancellation));
        Assert.Empty(await Store.ListAttemptsAsync(new AttemptQuery(), Cancellation));
        Assert.Empty(await CallbacksAsync());
        Assert.Equal((0, 0), (Store.Statistics.Pending, Store.Statistics.Dead));
    }

    [Fact]
    public async Task With_a_source_only_its_events_are_erased()
    {
        await StageAsync();
        await StageAsync(Content(source: "/customers"));
        await MatchAllAsync();

        Assert.Equal(1, (await EraseAsync(new ErasureOrder("42", "/customers", null))).Events);
        Assert.Equal("/orders", Assert.Single(await Store.ListEventsAsync(new EventQuery(), Cancellation)).Content.Source);
    }

    [Fact]
    public async Task A_consumer_is_erased_with_its_subscriptions_answers_and_the_events_that_it_alone_may_see()
    {
        var (mine, theirs) = (await AddAsync(), await AddAsync(Wish("globex")));
        await DeliverAsync(mine);
        await DeliverAsync(theirs);
        await BuryAsync((await OweAsync(mine))[0]);
        await OweAsync(mine, theirs);
        await StageAsync(Content() with { Audience = ["acme"] });
        await StageAsync(Content() with { Audience = ["acme", "globex"] });
        await MatchAllAsync();
        await StageOnceAsync("k");
        await MatchAllAsync();

        var report = await EraseAsync(new ErasureOrder(null, null, "acme"));

        Assert.Equal((1, 2, 2, 1, 1), (report.Events, report.Callbacks, report.Attempts, report.Subscriptions, report.Answers));
        Assert.Equal(theirs.Id, Assert.Single(await Store.ListSubscriptionsAsync(new SubscriptionQuery(), Cancellation)).Id);
        Assert.Equal(theirs.Number, Assert.Single(await HandedOutAsync()).Subscription);
        Assert.Null(await Store.FindAnswerAsync(Call("k"), Cancellation));
    }

    [Fact]
    public async Task What_is_held_behind_an_erased_callback_is_let_go()
    {
        var subscription = await AddAsync();
        var (first, second) = (await StageAsync(), await StageAsync(Content() with { Subject = "7" }));
        await Store.CommitMatchesAsync(0, second.Sequence, [new Match(first.Sequence, subscription.Number, 5), new Match(second.Sequence, subscription.Number, 5)], Cancellation);

        var released = new List<DueCallback>();
        await EraseAsync(new ErasureOrder("42", null, null), released);

        Assert.Equal(second.Sequence, Assert.Single(released).Event);
        Assert.Equal(second.Sequence, Assert.Single(await HandedOutAsync()).Event);
        Assert.Equal(1, Store.Statistics.Pending);
    }

    [Fact]
    public async Task An_erasure_goes_on_where_it_stood_after_a_restart()
    {
        for (var index = 0; index < 10; index++)
        {
            await DeliverAsync(await AddAsync());
        }

        var order = await Store.OrderErasureAsync(new ErasureOrder(null, null, "acme"), Cancellation);
        for (var steps = 0; (await Store.FindErasureAsync(order.Id, Cancellation))!.Finished is null; steps++)
        {
            Assert.InRange(steps, 0, 100);
            Assert.Equal(order.Id, (await Store.NextErasureAsync(Cancellation))!.Id);
            await Store.EraseAsync(order.Id, 1, Cancellation);
            await ReopenAsync();
        }

        var report = (await Store.FindErasureAsync(order.Id, Cancellation))!;
        Assert.Equal((10, 10), (report.Subscriptions, report.Attempts));
        Assert.Null(await Store.NextErasureAsync(Cancellation));
    }

    [Fact]
    public async Task An_erasure_waits_for_the_listener()
    {
        var staged = await StageAsync();
        var order = await Store.OrderErasureAsync(new ErasureOrder("42", null, null), Cancellation);

        Assert.True((await Store.EraseAsync(order.Id, 10, Cancellation)).Waits);
        Assert.NotNull(await Store.ReadEventAsync(staged.Sequence, Cancellation));
    }

    private async Task<Erasure> EraseAsync(ErasureOrder order, List<DueCallback>? released = null)
    {
        var ordered = await Store.OrderErasureAsync(order, Cancellation);
        for (var steps = 0; steps < 100; steps++)
        {
            var step = await Store.EraseAsync(ordered.Id, 2, Cancellation);
            released?.AddRange(step.Released);
            if (step.Erasure.Finished is not null)
            {
                return step.Erasure;
            }
        }

        throw new InvalidOperationException("It does not come to an end.");
    }
}
