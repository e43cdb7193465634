using Postern.Model;
using Postern.Model.Retries;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_subscription_comes_out_as_it_went_in()
    {
        await StageAsync();
        var wish = Wish(key: "42") with
        {
            Events = ["orders.created", "orders.deleted"],
            Filter = """[{"exact":{"type":"x"}}]""",
            Mode = CallbackMode.Structured,
            State = SubscriptionState.Pending,
            Reason = "Waits for its verification.",
            Proof = new Proof
            {
                Given = Time.GetUtcNow().AddTicks(1), Until = Time.GetUtcNow().AddDays(30), Due = Time.GetUtcNow().AddDays(24), Asked = Time.GetUtcNow(),
                Failures = 2, Error = "The receiver answered 500.", Origin = "gateway.example.com", Rate = 120,
            },
            Metadata = """{"a":"ä"}""",
            Order = SubscriptionOrder.Key,
            Retry = new RetrySettings
            {
                Schedule = [TimeSpan.Zero, TimeSpan.FromMilliseconds(1500)], Backoff = new RetryBackoff { Factor = 1.5, Max = TimeSpan.FromDays(30) },
                GiveUpAfter = TimeSpan.FromHours(36), Statuses = ["5xx", "429"], NotStatuses = ["501"], Jitter = 0.25,
            },
            Secrets =
            [
                new SealedSecret(new byte[] { 9, 8, 7 }, null),
                new SealedSecret(new byte[] { 0, 255 }, new DateTimeOffset(2026, 1, 3, 0, 0, 0, TimeSpan.Zero)),
            ],
        };

        var added = await AddAsync(wish);
        await ReopenAsync();
        var found = await Store.FindSubscriptionAsync(wish.Id, Cancellation);
        var read = await Store.ReadSubscriptionAsync(added.Number, Cancellation);

        Assert.Equal((1, 1, 1), (added.Number, added.After, added.Version));
        Assert.Equivalent(wish with { Number = 1, After = 1, Version = 1, Queue = added.Queue, Secrets = [] }, found! with { Secrets = [] }, strict: true);
        Assert.Equal(
            wish.Secrets.Select(secret => (Convert.ToHexString(secret.Ciphertext.Span), secret.Expires)),
            found.Secrets.Select(secret => (Convert.ToHexString(secret.Ciphertext.Span), secret.Expires)));
        Assert.Equal(found.Id, read!.Id);
        Assert.Equal(1, Store.Statistics.Subscriptions);
    }

    [Fact]
    public async Task A_consumer_finds_its_own_subscription_and_nobody_elses()
    {
        var added = await AddAsync();

        Assert.Equal(added.Number, (await Store.FindOwnSubscriptionAsync(added.Id, added.Consumer, Cancellation))!.Number);
        Assert.Null(await Store.FindOwnSubscriptionAsync(added.Id, added.Consumer + "x", Cancellation));
        Assert.Null(await Store.FindOwnSubscriptionAsync(added.Id, added.Consumer.ToUpperInvariant(), Cancellation));
        Assert.Null(await Store.FindOwnSubscriptionAsync("sub_none", added.Consumer, Cancellation));
    }

    [Fact]
    public async Task What_is_not_there_is_null()
    {
        Assert.Null(await Store.FindSubscriptionAsync("sub_none", Cancellation));
        Assert.Null(await Store.ReadSubscriptionAsync(1, Cancellation));
        Assert.Null(await Store.ChangeSubscriptionAsync("sub_none", current => current, Cancellation));
        Assert.Null(await Store.ReadEventAsync(1, Cancellation));
        Assert.Equal(0, (await Store.ReviveCallbackAsync(1, Cancellation)).Count);
        Assert.Empty(await Store.RemoveSubscriptionsAsync(["sub_none"], Cancellation));
    }

    [Fact]
    public async Task A_change_grows_the_version_and_keeps_what_is_the_store_s()
    {
        var added = await AddAsync();

        var changed = await Store.ChangeSubscriptionAsync(
            added.Id, current => current with { Callback = "https://new.example/", Number = 77, Id = "sub_other", Version = 99 }, Cancellation);
        var untouched = await Store.ChangeSubscriptionAsync(added.Id, _ => null, Cancellation);
        await ReopenAsync();
        var found = await Store.FindSubscriptionAsync(added.Id, Cancellation);

        Assert.Equal((added.Number, added.Id, 2, "https://new.example/"), (changed!.Number, changed.Id, changed.Version, changed.Callback));
        Assert.Equal(2, untouched!.Version);
        Assert.Equal((2, "https://new.example/"), (found!.Version, found.Callback));
    }

    [Fact]
    public async Task Changes_at_the_same_moment_all_count()
    {
        var added = await AddAsync(Wish() with { Metadata = "" });

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
            await Store.ChangeSubscriptionAsync(added.Id, current => current with { Metadata = current.Metadata + "x" }, Cancellation))));

        var found = await Store.FindSubscriptionAsync(added.Id, Cancellation);
        Assert.Equal((51, 50), (found!.Version, found.Metadata!.Length));
    }

    [Fact]
    public async Task A_change_that_throws_leaves_all_as_it_is_and_hurts_nobody_else()
    {
        var added = await AddAsync();
        var others = Enumerable.Range(0, 20).Select(_ => Task.Run(() => StageAsync())).ToArray();

        await Assert.ThrowsAsync<FormatException>(async () =>
            await Store.ChangeSubscriptionAsync(added.Id, _ => throw new FormatException(), Cancellation));

        await Task.WhenAll(others);
        Assert.Equal(1, (await Store.FindSubscriptionAsync(added.Id, Cancellation))!.Version);
        Assert.True(Store.Statistics.Healthy);
    }

    [Fact]
    public async Task Adding_the_same_id_twice_fails_and_counts_once()
    {
        var wish = Wish();
        await AddAsync(wish);

        await Assert.ThrowsAnyAsync<Exception>(() => AddAsync(wish));

        Assert.True(Store.Statistics.Healthy);
        Assert.Equal(1, Store.Statistics.Subscriptions);
        Assert.Equal(2, (await AddAsync()).Number);
    }

    [Fact]
    public async Task Numbers_of_subscriptions_are_never_used_again()
    {
        var added = await AddAsync();
        await Store.RemoveSubscriptionsAsync([added.Id], Cancellation);
        await ReopenAsync();

        Assert.Equal(added.Number + 1, (await AddAsync()).Number);
        Assert.Equal(1, Store.Statistics.Subscriptions);
    }

    [Fact]
    public async Task Removing_takes_parked_and_dead_callbacks_along_and_answers_what_was_there()
    {
        var (mine, other) = (await AddAsync(), await AddAsync());
        await BuryAsync((await OweAsync(mine))[0]);
        await PauseAsync(mine);
        await RecordAsync((await OweAsync(mine))[0], CallbackOutcome.Parked.Instance, null);
        var handedOut = (await OweAsync(mine, other))[0];
        Assert.Equal((3, 1), (Store.Statistics.Pending, Store.Statistics.Dead));

        var removed = await Store.RemoveSubscriptionsAsync([mine.Id, "sub_none", mine.Id], Cancellation);

        Assert.Equal([mine.Id], removed.Select(subscription => subscription.Id));
        Assert.Null(await Store.FindSubscriptionAsync(mine.Id, Cancellation));
        Assert.Equal((2, 0), (Store.Statistics.Pending, Store.Statistics.Dead));

        await RecordAsync(handedOut, CallbackOutcome.Dropped.Instance, null);
        Assert.Equal(other.Id, Assert.Single(await CallbacksAsync()).SubscriptionId);
        Assert.Equal(1, Store.Statistics.Pending);
    }

    [Fact]
    public async Task A_callback_of_a_removed_subscription_is_not_buried()
    {
        var subscription = await AddAsync();
        var callback = (await OweAsync(subscription))[0];
        await Store.RemoveSubscriptionsAsync([subscription.Id], Cancellation);

        await BuryAsync(callback);

        Assert.Equal((0, 0), (Store.Statistics.Pending, Store.Statistics.Dead));
        Assert.Null(Assert.Single(await Store.ListAttemptsAsync(new AttemptQuery(), Cancellation)).SubscriptionId);
    }

    [Fact]
    public async Task A_subscription_takes_what_was_staged_while_it_was_pending_or_paused_and_nothing_from_the_time_after_its_end()
    {
        var subscription = await AddAsync(Wish() with { State = SubscriptionState.Pending });
        await StageAsync();

        var active = await ResumeAsync(subscription);
        await StageAsync();
        await PauseAsync(subscription);
        var resumed = await ResumeAsync(subscription);
        await Store.ChangeSubscriptionAsync(subscription.Id, current => current with { State = SubscriptionState.Gone }, Cancellation);
        var staged = await StageAsync();
        var pending = await Store.ChangeSubscriptionAsync(subscription.Id, current => current with { State = SubscriptionState.Pending }, Cancellation);

        Assert.Equal(subscription.After, active.After);
        Assert.Equal(subscription.After, resumed.After);
        Assert.Equal(staged.Sequence, pending!.After);
    }

    [Fact]
    public async Task Changes_are_told_in_commit_order_before_the_method_returns()
    {
        var changes = new List<SubscriptionChange>();
        Store.SubscriptionChanged += changes.Add;

        await StageAsync();
        var added = await AddAsync();
        await PauseAsync(added);
        await StageAsync();
        await Store.RemoveSubscriptionsAsync([added.Id], Cancellation);

        Assert.Equal(
            [(SubscriptionState.Active, false, 1L), (SubscriptionState.Paused, false, 1L), (SubscriptionState.Paused, true, 2L)],
            changes.Select(change => (change.Subscription.State, change.Removed, change.Log)));
        Assert.Equal([1, 2, 2], changes.Select(change => change.Subscription.Version));
    }

    [Fact]
    public async Task Versions_are_told_in_order_however_many_change_at_once()
    {
        var added = await AddAsync();
        var versions = new List<int>();
        Store.SubscriptionChanged += change => versions.Add(change.Subscription.Version);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => PauseAsync(added))));

        Assert.Equal(Enumerable.Range(2, 50), versions);
    }

    [Fact]
    public async Task A_change_is_told_before_an_event_staged_later_is_visible()
    {
        var seen = new List<long>();
        Store.SubscriptionChanged += change =>
            seen.Add(Store.ReadEventsAsync(change.Log, 10, CancellationToken.None).AsTask().GetAwaiter().GetResult().Count);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(index =>
            Task.Run(async () => { if (index % 2 == 0) { await StageAsync(); } else { await AddAsync(); } })));

        Assert.Equal(50, seen.Count);
        Assert.All(seen, count => Assert.Equal(0, count));
    }

    [Fact]
    public async Task Subscriptions_are_listed_by_what_is_asked_and_page()
    {
        var added = new List<Subscription>
        {
            await AddAsync(Wish()),
            await AddAsync(Wish(consumer: "globex")),
            await AddAsync(Wish(resource: "/customers")),
            await AddAsync(Wish(key: "42")),
            await AddAsync(Wish(callback: "https://other.example/")),
            await AddAsync(Wish() with { State = SubscriptionState.Paused }),
        };

        async Task<IEnumerable<long>> List(SubscriptionQuery query) =>
            (await Store.ListSubscriptionsAsync(query, Cancellation)).Select(subscription => subscription.Number);

        Assert.Equal(added.Select(subscription => subscription.Number), await List(new SubscriptionQuery()));
        Assert.Equal([2], await List(new SubscriptionQuery { Consumer = "globex" }));
        Assert.Equal([3], await List(new SubscriptionQuery { Resource = "/customers" }));
        Assert.Equal([4], await List(new SubscriptionQuery { Consumer = "acme", Resource = "/orders", Key = "42" }));
        Assert.Equal([4], await List(new SubscriptionQuery { Resource = "/orders", Key = "42", ThisPathOnly = true }));
        Assert.Equal([1, 5, 6], await List(new SubscriptionQuery { Consumer = "acme", Resource = "/orders", ThisPathOnly = true }));
        Assert.Equal([5], await List(new SubscriptionQuery { Callback = "https://other.example/", Consumer = "acme" }));
        Assert.Equal([6], await List(new SubscriptionQuery { State = SubscriptionState.Paused }));
        Assert.Equal([3, 4], await List(new SubscriptionQuery { After = 2, Limit = 2 }));
    }
}
