using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task What_is_old_enough_expires_and_the_numbers_never_go_back()
    {
        var subscription = await AddAsync();
        await DeliverAsync(subscription);
        Time.Advance(TimeSpan.FromHours(2));
        var young = await DeliverAsync(subscription);

        Assert.Equal(1, await ExpireAsync(ExpiryKind.Events, Time.GetUtcNow()));
        Assert.Equal(1, await ExpireAsync(ExpiryKind.Attempts, Time.GetUtcNow()));
        Assert.Equal(0, await ExpireAsync(ExpiryKind.Events, Time.GetUtcNow()));
        Assert.Null(await Store.ReadEventAsync(young.Event - 1, Cancellation));
        Assert.NotNull(await Store.ReadEventAsync(young.Event, Cancellation));
        Assert.Equal([2L], (await Store.ListAttemptsAsync(new AttemptQuery(), Cancellation)).Select(entry => entry.Attempt.Number));

        Assert.Equal(1, await ExpireAsync(ExpiryKind.Events, DateTimeOffset.MaxValue));
        Assert.Equal(1, await ExpireAsync(ExpiryKind.Attempts, DateTimeOffset.MaxValue));
        await ReopenAsync();
        var next = await DeliverAsync(subscription);
        Assert.Equal((3, 3), (next.Event, next.Id));
        Assert.Equal(3, Assert.Single(await Store.ListAttemptsAsync(new AttemptQuery(), Cancellation)).Attempt.Number);
    }

    [Fact]
    public async Task An_attempt_outlives_its_event()
    {
        await DeliverAsync(await AddAsync());
        await ExpireAsync(ExpiryKind.Events, DateTimeOffset.MaxValue);

        var entry = Assert.Single(await Store.ListAttemptsAsync(new AttemptQuery(), Cancellation));
        Assert.Null(entry.EventId);
        Assert.Null(entry.EventType);
    }

    [Fact]
    public async Task A_producer_s_id_is_free_again_when_its_event_has_expired()
    {
        var first = await StageAsync(Content(producerId: "a"));
        await MatchAllAsync();
        Time.Advance(Promises.ProducerIds);
        await ExpireAsync(ExpiryKind.Events, DateTimeOffset.MaxValue);

        Assert.False((await StageAsync(Content(producerId: "a"))).Duplicate);
        Assert.Null(await Store.FindEventAsync(first.Id, Cancellation));
    }

    [Fact]
    public async Task A_producer_s_id_is_remembered_for_a_day_though_its_event_had_to_go()
    {
        var first = await StageAsync(Content(producerId: "a"));
        var other = await StageAsync(Content());
        await MatchAllAsync();
        await ExpireAsync(ExpiryKind.Events, DateTimeOffset.MaxValue);
        await ReopenAsync();
        Time.Advance(Promises.ProducerIds - TimeSpan.FromSeconds(1));
        await ExpireAsync(ExpiryKind.ProducerIds, Time.GetUtcNow() - Promises.ProducerIds);

        Assert.Equal(first with { Duplicate = true }, await StageAsync(Content(producerId: "a")));
        Assert.False((await StageAsync(Content(producerId: "b"))).Duplicate);
        Assert.False((await StageAsync(Content(producerId: "a", source: "/customers"))).Duplicate);
        Assert.Null(await Store.FindEventAsync(first.Id, Cancellation));
        Assert.Null(await Store.FindEventAsync(other.Id, Cancellation));

        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, await ExpireAsync(ExpiryKind.ProducerIds, Time.GetUtcNow() - Promises.ProducerIds));
        Assert.False((await StageAsync(Content(producerId: "a"))).Duplicate);
    }

    [Fact]
    public async Task Events_that_are_owed_or_not_matched_yet_never_expire()
    {
        var active = await AddAsync();
        var paused = await PauseAsync(await AddAsync());
        var ordered = await AddAsync();
        var dead = (await OweAsync(active))[0];
        await BuryAsync(dead);
        var parked = (await OweAsync(paused))[0];
        await RecordAsync(parked, new CallbackOutcome.Parked(), null);
        var later = (await OweAsync(active))[0];
        await RecordAsync(later, new CallbackOutcome.RetryAt(Time.GetUtcNow().AddDays(1)), Try(AttemptOutcome.Retry));
        var fresh = (await OweAsync(active))[0];
        var (first, held) = (await StageAsync(), await StageAsync());
        await Store.CommitMatchesAsync(
            first.Sequence - 1, held.Sequence, [new Match(first.Sequence, ordered.Number, 5), new Match(held.Sequence, ordered.Number, 5)], Cancellation);
        await DeliverAsync(active);
        var unmatched = await StageAsync();

        Assert.Equal(1, await ExpireAsync(ExpiryKind.Events, DateTimeOffset.MaxValue));

        foreach (var owed in new[] { dead.Event, parked.Event, later.Event, fresh.Event, first.Sequence, held.Sequence, unmatched.Sequence })
        {
            Assert.NotNull(await Store.ReadEventAsync(owed, Cancellation));
        }
    }

    [Fact]
    public async Task Dead_callbacks_expire_by_when_they_died_and_then_their_events_go()
    {
        var subscription = await AddAsync();
        var callback = (await OweAsync(subscription))[0];
        Time.Advance(TimeSpan.FromDays(3));
        await BuryAsync(callback);
        Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, await ExpireAsync(ExpiryKind.Dead, Time.GetUtcNow() - TimeSpan.FromHours(1)));
        Assert.Equal(0, await ExpireAsync(ExpiryKind.Events, Time.GetUtcNow()));
        Assert.Equal(1, await ExpireAsync(ExpiryKind.Dead, Time.GetUtcNow()));
        Assert.Equal(1, await ExpireAsync(ExpiryKind.Events, Time.GetUtcNow()));
        Assert.Equal((0, 0), (Store.Statistics.Dead, Store.Statistics.Pending));
        Assert.Empty(await CallbacksAsync());
    }

    [Fact]
    public async Task An_event_that_is_replayed_while_its_part_of_the_log_expires_is_kept()
    {
        var subscription = await AddAsync();
        for (var index = 0; index < 10; index++)
        {
            await DeliverAsync(subscription);
        }

        // The part has been read and its first event is gone; the others are taken for not owed.
        Assert.Equal(1, (await Store.ExpireAsync(ExpiryKind.Events, DateTimeOffset.MaxValue, 1, Cancellation)).Removed);
        await ReplayAsync(subscription, 1, 7);

        Assert.Equal(8, await ExpireAsync(ExpiryKind.Events, DateTimeOffset.MaxValue));
        Assert.NotNull(await Store.ReadEventAsync(7, Cancellation));
        Assert.Equal([7L], (await HandedOutAsync()).Select(callback => callback.Event));
    }

    [Fact]
    public async Task Jobs_expire_when_they_have_ended()
    {
        var subscription = await AddAsync();
        await DeliverAsync(subscription);
        await ReplayAsync(subscription, 1);
        var running = await AddJobAsync(new JobRequest { Kind = JobKind.Dead });
        Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(0, await ExpireAsync(ExpiryKind.Jobs, Time.GetUtcNow() - TimeSpan.FromHours(3)));
        Assert.Equal(1, await ExpireAsync(ExpiryKind.Jobs, Time.GetUtcNow()));
        Assert.Equal(running.Id, Assert.Single(await Store.ListJobsAsync(new JobQuery(), Cancellation)).Id);
    }

    /// <summary>Owes events to a subscription again, as a job does.</summary>
    private async Task<IReadOnlyList<DueCallback>> ReplayAsync(Subscription subscription, params long[] events)
    {
        var job = await AddJobAsync(new JobRequest { Kind = JobKind.Events, Subscription = JobSubscription.Of(subscription), Events = events });
        var step = new JobStep(job, new JobCursor(0, events.Length), [.. events.Select(one => new JobItem(new Match(one, subscription.Number), 0))], events.Length, Last: true);
        return (await Store.StepJobAsync(step, Cancellation))!.Owed.Due;
    }

    [Fact]
    public async Task Keys_are_forgotten_from_the_front()
    {
        await StageOnceAsync("a");
        Time.Advance(TimeSpan.FromHours(2));
        await StageOnceAsync("b");

        Assert.Equal(1, await ExpireAsync(ExpiryKind.Answers, Time.GetUtcNow() - TimeSpan.FromHours(1)));
        Assert.NotNull(await Store.FindAnswerAsync(Call("b"), Cancellation));
    }

    [Fact]
    public async Task The_size_shrinks_when_history_goes()
    {
        // What a database would not make smaller.
        var (random, data) = (new Random(1), new byte[75_000]);
        for (var index = 0; index < 50; index++)
        {
            random.NextBytes(data);
            await StageAsync(Content(data: Convert.ToBase64String(data)));
        }

        await MatchAllAsync();
        var before = await Store.ReadSizeAsync(Cancellation);
        await ExpireAsync(ExpiryKind.Events, DateTimeOffset.MaxValue);
        var after = await Store.ReadSizeAsync(Cancellation);

        Assert.InRange(before.Used, 5_000_000, 10_000_000);
        Assert.InRange(after.Used, 0, before.Used - 4_900_000);
        Assert.Equal(Time.GetUtcNow(), before.Oldest);
        Assert.Null(after.Oldest);
    }

    /// <summary>Random histories against a model: what is owed never expires, and everything else that is matched does.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_happens_no_owed_event_expires(int seed)
    {
        var random = new Random(seed);
        var subscriptions = new[] { await AddAsync(), await AddAsync(), await AddAsync() };
        var owed = new List<DueCallback>();
        var kept = new HashSet<long>();
        var matched = 0L;
        for (var step = 0; step < 150; step++)
        {
            switch (random.Next(6))
            {
                case 0:
                    owed.AddRange(await OweAsync([.. subscriptions.Where(_ => random.Next(2) == 0)]));
                    matched = Store.Statistics.Cursor;
                    kept.Add(matched);
                    break;
                case 1 when owed.Count > 0:
                    await RecordAsync(Take(), new CallbackOutcome.Delivered(), Try(AttemptOutcome.Delivered, 200));
                    break;
                case 2 when owed.Count > 0:
                    await BuryAsync(Take());
                    break;
                case 3 when kept.Count > 0:
                    owed.AddRange(await ReplayAsync(subscriptions[0], kept.ElementAt(random.Next(kept.Count))));
                    break;
                case 4:
                    foreach (var buried in await Store.ReadDeadAsync(new DeadQuery(subscriptions[random.Next(3)].Number, 0, long.MaxValue, 2), Cancellation))
                    {
                        owed.AddRange(await ReviveAsync(buried.Id));
                    }

                    break;
                default:
                    await Store.ExpireAsync(ExpiryKind.Events, DateTimeOffset.MaxValue, random.Next(1, 4), Cancellation);
                    break;
            }

            foreach (var callback in owed)
            {
                Assert.NotNull(await Store.ReadEventAsync(callback.Event, Cancellation));
            }
        }

        // To its end twice: what became free behind a run's front goes with the next.
        await ExpireAsync(ExpiryKind.Events, DateTimeOffset.MaxValue);
        await ExpireAsync(ExpiryKind.Events, DateTimeOffset.MaxValue);
        var dead = (await CallbacksAsync(CallbackState.Dead)).Select(callback => callback.EventId);
        var needed = owed.Select(callback => callback.Event).Distinct().Count() + dead.Count(id => owed.All(callback => EventIdOf(callback) != id));
        Assert.InRange((await Store.ListEventsAsync(new EventQuery(), Cancellation)).Count, 0, needed);

        DueCallback Take()
        {
            var at = random.Next(owed.Count);
            var taken = owed[at];
            owed.RemoveAt(at);
            return taken;
        }

        string EventIdOf(DueCallback callback) => Store.ReadEventAsync(callback.Event, Cancellation).AsTask().Result!.Id;
    }

    /// <summary>Removes everything that is old enough, as the role does; returns how many rows went.</summary>
    private async Task<int> ExpireAsync(ExpiryKind kind, DateTimeOffset before)
    {
        var removed = 0;
        ExpiryStep step;
        do
        {
            step = await Store.ExpireAsync(kind, before, 3, Cancellation);
            removed += step.Removed;
        }
        while (step.More);

        return removed;
    }

    private async Task<DueCallback> DeliverAsync(Subscription subscription)
    {
        var callback = (await OweAsync(subscription))[0];
        await RecordAsync(callback, new CallbackOutcome.Delivered(), Try(AttemptOutcome.Delivered, 200));
        return callback;
    }

    private async Task MatchAllAsync() =>
        await Store.CommitMatchesAsync(await Store.ReadCursorAsync(Cancellation), Store.Statistics.LastSequence, [], Cancellation);
}
