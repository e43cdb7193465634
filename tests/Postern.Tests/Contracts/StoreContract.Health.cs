using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_failing_subscription_is_kept_with_its_attempt_until_it_recovers()
    {
        var subscription = await AddAsync();
        var failing = Fails();
        await RecordHealthAsync(subscription, new HealthChange.Fails(failing));

        Assert.Equal(failing, await Store.ReadFailingAsync(subscription.Number, Cancellation));
        Assert.Equal([new FailingSubscription(subscription.Number, failing)], await Store.ListFailingAsync(0, 10, Cancellation));
        Assert.Equal(failing.Since, (await Store.FindSubscriptionAsync(subscription.Id, Cancellation))!.FailingSince);

        await RecordHealthAsync(subscription, HealthChange.Recovered.Instance);

        Assert.Null(await Store.ReadFailingAsync(subscription.Number, Cancellation));
        Assert.Empty(await Store.ListFailingAsync(0, 10, Cancellation));
        Assert.Null((await Store.FindSubscriptionAsync(subscription.Id, Cancellation))!.FailingSince);
    }

    [Fact]
    public async Task What_fails_is_known_after_a_restart()
    {
        var subscription = await AddAsync();
        await RecordHealthAsync(subscription, new HealthChange.Fails(Fails()));

        await ReopenAsync();

        Assert.Equal([new FailingSubscription(subscription.Number, Fails())], await Store.ListFailingAsync(0, 10, Cancellation));
    }

    [Fact]
    public async Task The_first_failure_stays_the_first_and_a_later_one_revives_nothing_that_has_recovered()
    {
        var (failing, well) = (await AddAsync(), await AddAsync());
        await RecordHealthAsync(failing, new HealthChange.Fails(Fails()));
        await RecordHealthAsync(failing, new HealthChange.Fails(Fails() with { Since = Time.GetUtcNow().AddDays(1) }));
        await RecordHealthAsync(failing, new HealthChange.StillFails(Fails() with { Moments = 7, Announced = true, Status = null }));
        await RecordHealthAsync(well, new HealthChange.StillFails(Fails()));

        Assert.Equal(Fails() with { Moments = 7, Announced = true, Status = null }, await Store.ReadFailingAsync(failing.Number, Cancellation));
        Assert.Null(await Store.ReadFailingAsync(well.Number, Cancellation));
    }

    [Fact]
    public async Task Failing_subscriptions_come_in_pages_by_number()
    {
        var subscriptions = new List<Subscription>();
        for (var index = 0; index < 5; index++)
        {
            subscriptions.Add(await AddAsync());
            await RecordHealthAsync(subscriptions[^1], new HealthChange.Fails(Fails()));
        }

        var first = await Store.ListFailingAsync(0, 3, Cancellation);
        var second = await Store.ListFailingAsync(first[^1].Subscription, 3, Cancellation);

        Assert.Equal(subscriptions.Select(subscription => subscription.Number), first.Concat(second).Select(found => found.Subscription));
    }

    [Fact]
    public async Task Disabling_is_in_the_commit_of_the_attempt_and_told()
    {
        var subscription = await AddAsync();
        await RecordHealthAsync(subscription, new HealthChange.Fails(Fails()));
        var told = new List<SubscriptionChange>();
        Store.SubscriptionChanged += told.Add;

        await RecordHealthAsync(subscription, new HealthChange.Disabled(Fails() with { Moments = 9 }, "It failed."));

        var stands = (await Store.FindSubscriptionAsync(subscription.Id, Cancellation))!;
        Assert.Equal((SubscriptionState.Disabled, DisabledBy.Gateway, "It failed.", Fails().Since), (stands.State, stands.DisabledBy, stands.Reason, stands.FailingSince));
        Assert.Equal(SubscriptionState.Disabled, Assert.Single(told).Subscription.State);
        Assert.Equal(9, (await Store.ReadFailingAsync(subscription.Number, Cancellation))!.Moments);

        // It is tried no more: nothing to load at start.
        Assert.Empty(await Store.ListFailingAsync(0, 10, Cancellation));
    }

    [Fact]
    public async Task What_was_disabled_by_somebody_stays_so()
    {
        var subscription = await AddAsync();
        await Store.ChangeSubscriptionAsync(
            subscription.Id, current => current with { State = SubscriptionState.Disabled, Reason = "No.", DisabledBy = DisabledBy.Operator }, Cancellation);

        await RecordHealthAsync(subscription, new HealthChange.Disabled(Fails(), "It failed."));
        await RecordHealthAsync(subscription, new HealthChange.Fails(Fails()));

        var stands = (await Store.FindSubscriptionAsync(subscription.Id, Cancellation))!;
        Assert.Equal((DisabledBy.Operator, "No."), (stands.DisabledBy, stands.Reason));
        Assert.Null(await Store.ReadFailingAsync(subscription.Number, Cancellation));
    }

    [Fact]
    public async Task Resuming_after_the_end_another_URL_and_removal_forget_the_failing_and_nothing_else_does()
    {
        var told = new List<SubscriptionChange>();
        Store.SubscriptionChanged += told.Add;
        var (ended, moved, paused, removed) = (await AddAsync(), await AddAsync(), await AddAsync(), await AddAsync());
        foreach (var subscription in new[] { ended, moved, paused, removed })
        {
            await RecordHealthAsync(subscription, new HealthChange.Fails(Fails()));
        }

        await RecordHealthAsync(ended, new HealthChange.Disabled(Fails(), "It failed."));
        var resumed = await ResumeAsync(ended);
        await Store.ChangeSubscriptionAsync(moved.Id, current => current with { Callback = "https://other.example/hook" }, Cancellation);
        await PauseAsync(paused);
        await ResumeAsync(paused);
        await Store.RemoveSubscriptionsAsync([removed.Id], Cancellation);

        Assert.Equal((null, null), (resumed.DisabledBy, resumed.FailingSince));
        Assert.Equal([paused.Number], (await Store.ListFailingAsync(0, 10, Cancellation)).Select(found => found.Subscription));
        Assert.Null(await Store.ReadFailingAsync(removed.Number, Cancellation));
        Assert.Equal([ended.Number, moved.Number], told.Where(change => change.StartsAfresh).Select(change => change.Subscription.Number));
    }

    [Fact]
    public async Task Announcements_are_staged_with_the_result_and_once()
    {
        var subscription = await AddAsync();
        var (first, second) = ((await OweAsync(subscription))[0], (await OweAsync(subscription))[0]);
        var before = Store.Statistics.LastSequence;
        var announcement = Content("postern.callback.dead", "cb_1:dead:1", "/postern/callbacks") with { Audience = ["acme"] };

        await Store.RecordAsync(Buried(first), Cancellation);
        await Store.RecordAsync(Buried(second), Cancellation);

        var staged = Assert.Single(await Store.ReadEventsAsync(before, 10, Cancellation)).Content;
        Assert.Equal(("postern.callback.dead", "acme"), (staged.Type, Assert.Single(staged.Audience!)));

        CallbackResult Buried(DueCallback callback) =>
            new(callback, new CallbackOutcome.Dead("No more tries."), Try(AttemptOutcome.Dead)) { Announcements = [announcement] };
    }

    [Fact]
    public async Task A_change_is_announced_in_its_own_commit_and_no_change_is_not()
    {
        var subscription = await AddAsync();
        var before = Store.Statistics.LastSequence;

        await ChangeAsync(current => null);
        var changed = await ChangeAsync(current => current with { State = SubscriptionState.Disabled, DisabledBy = DisabledBy.Operator });

        Assert.Equal(DisabledBy.Operator, changed!.DisabledBy);
        Assert.Equal("v2", Assert.Single(await Store.ReadEventsAsync(before, 10, Cancellation)).Content.ProducerId);

        ValueTask<Subscription?> ChangeAsync(Func<Subscription, Subscription?> change) =>
            Store.ChangeSubscriptionAsync(subscription.Id, change, stands => [Content(producerId: $"v{stands.Version}")], Cancellation);
    }

    private async Task RecordHealthAsync(Subscription subscription, HealthChange change)
    {
        var callback = (await OweAsync(subscription))[0];
        await Store.RecordAsync(new CallbackResult(callback, CallbackOutcome.Dropped.Instance, null) { Health = change }, Cancellation);
    }

    private Failing Fails()
    {
        var at = Time.GetUtcNow();
        return new Failing
        {
            Since = at, Steady = at.AddHours(1), Last = at.AddHours(3), Counted = at.AddHours(2), Moments = 3, Status = 503,
            Error = "The receiver answered 503.",
        };
    }
}
