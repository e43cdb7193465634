using Postern.Configuration;
using Postern.Model;
using Postern.Model.Access;
using Postern.Tests.Storage;

namespace Postern.Tests.Repair;

public sealed class RepairServiceTests : IAsyncLifetime
{
    private RepairRig rig = null!;

    public async ValueTask InitializeAsync() => rig = await RepairRig.OpenAsync();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task The_dead_of_a_subscription_come_back_and_those_of_others_stay()
    {
        var (mine, other) = (await rig.SubscribeAsync(), await rig.SubscribeAsync());
        await rig.BuryAsync(await rig.OweAsync(mine, 120));
        await rig.BuryAsync(await rig.OweAsync(other, 3));
        await rig.StartAsync();

        var job = await rig.EndAsync(await rig.AddAsync(new JobRequest { Kind = JobKind.Dead, Subscription = JobSubscription.Of(mine), Rate = 2_000 }));

        Assert.Equal((JobState.Done, 120, 120, 120), (job.State, job.Done, job.Looked, job.Total));
        Assert.Equal(Enumerable.Range(1, 120).Select(number => (long)number), rig.Handed);
        Assert.Equal(3, rig.Store.Statistics.Dead);
    }

    [Fact]
    public async Task What_dies_again_meanwhile_is_not_taken_twice()
    {
        var subscription = await rig.SubscribeAsync();
        var dead = await rig.OweAsync(subscription, 200);
        await rig.BuryAsync(dead);
        await rig.StartAsync();

        var job = await rig.AddAsync(new JobRequest { Kind = JobKind.Dead, Subscription = JobSubscription.Of(subscription) });
        await SqliteFixture.UntilAsync(() => rig.Handed.Count > 0);
        await rig.BuryAsync(dead.Where(callback => rig.Handed.Contains(callback.Event)));
        job = await rig.EndAsync(job);

        Assert.Equal((JobState.Done, 200), (job.State, job.Done));
        Assert.Equal(200, rig.Handed.Distinct().Count());
        Assert.NotEqual(0, rig.Store.Statistics.Dead);
    }

    [Fact]
    public async Task The_dead_of_an_endpoint_are_those_of_all_subscriptions_there_that_have_not_ended()
    {
        var first = await rig.SubscribeAsync("https://example.com/a");
        var second = await rig.SubscribeAsync("https://EXAMPLE.com:443/b");
        var elsewhere = await rig.SubscribeAsync("https://example.com:444/a");
        var ended = await rig.SubscribeAsync("https://example.com/c");
        await rig.BuryAsync(await rig.OweAsync(first, 7));
        await rig.BuryAsync(await rig.OweAsync(elsewhere, 1));
        await rig.BuryAsync(await rig.OweAsync(second, 5));
        await rig.BuryAsync(await rig.OweAsync(ended, 2));
        await rig.BuryAsync(await rig.OweAsync(first, 1));
        await rig.ChangeAsync(ended, SubscriptionState.Gone);
        await rig.StartAsync();

        var job = await rig.EndAsync(await rig.AddAsync(new JobRequest { Kind = JobKind.Dead, Endpoint = "https://example.com:443", Rate = 12 }));

        Assert.Equal((JobState.Done, 13), (job.State, job.Done));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 16, 9, 10, 11, 12, 13], rig.Handed);
        Assert.Equal(3, rig.Store.Statistics.Dead);
    }

    [Fact]
    public async Task All_dead_come_back_in_one_job()
    {
        await rig.BuryAsync(await rig.OweAsync(await rig.SubscribeAsync(), 3));
        await rig.BuryAsync(await rig.OweAsync(await rig.SubscribeAsync("https://other.example/"), 3));
        await rig.StartAsync();

        var job = await rig.EndAsync(await rig.AddAsync(new JobRequest { Kind = JobKind.Dead, Rate = 4 * 3 }));

        Assert.Equal((JobState.Done, 6, 6), (job.State, job.Done, job.Total));
        Assert.Equal(0, rig.Store.Statistics.Dead);
    }

    [Fact]
    public async Task A_range_takes_what_matches_once_whatever_became_of_it()
    {
        var subscription = await rig.SubscribeAsync(filter: """{"exact":{"subject":"42"}}""", events: ["orders.created"]);
        await rig.StageAsync(2);
        await rig.DeliverAsync(await rig.OweAsync(subscription, 2));
        await rig.BuryAsync(await rig.OweAsync(subscription, 2));
        var owed = await rig.OweAsync(subscription, 2);
        await rig.StageAsync(1, type: "orders.deleted");
        await rig.StageAsync(1, source: "/customers");
        await rig.StageAsync(1, audience: ["other"]);
        await rig.StageAsync(1);
        await rig.StartAsync();

        var job = await rig.EndAsync(await rig.AddAsync(new JobRequest
        {
            Kind = JobKind.Range, Subscription = JobSubscription.Of(subscription), From = DateTimeOffset.UnixEpoch, Rate = 2_000,
        }));

        Assert.Equal((JobState.Done, 7, 12, 12), (job.State, job.Done, job.Looked, job.Total));
        Assert.Equal([1, 2, 3, 4, 5, 6, 12], rig.Handed);
        Assert.Equal((7 + owed.Count, 0), (rig.Store.Statistics.Pending, rig.Store.Statistics.Dead));
    }

    [Fact]
    public async Task A_range_takes_what_is_for_an_audience_while_the_scopes_of_the_consumer_name_it()
    {
        var subscription = await rig.SubscribeAsync();
        await rig.StageAsync(1, audience: ["partners"]);
        await rig.StageAsync(1, audience: ["staff"]);
        rig.Live.Replace(new PosternConfiguration
        {
            Consumers = new Dictionary<string, ConsumerConfiguration> { ["acme"] = new() { Scopes = new Scopes([new Scope(ScopeVerb.Audience, "partners")]) } },
        });
        await rig.StartAsync();
        var request = new JobRequest { Kind = JobKind.Range, Subscription = JobSubscription.Of(subscription), From = DateTimeOffset.UnixEpoch, Rate = 2_000 };

        await rig.EndAsync(await rig.AddAsync(request));
        rig.Live.Replace(new PosternConfiguration());
        await rig.StageAsync(1, audience: ["partners"]);
        await rig.EndAsync(await rig.AddAsync(request));

        Assert.Equal([1], rig.Handed);
    }

    [Fact]
    public async Task What_was_missed_is_what_was_neither_delivered_nor_is_owed()
    {
        var subscription = await rig.SubscribeAsync();
        await rig.DeliverAsync(await rig.OweAsync(subscription, 100));
        await rig.ChangeAsync(subscription, SubscriptionState.Disabled);
        await rig.StageAsync(300);
        await rig.ChangeAsync(subscription, SubscriptionState.Active);
        await rig.BuryAsync(await rig.OweAsync(subscription, 5));
        await rig.DeliverAsync(await rig.OweAsync(subscription, 5));
        await rig.OweAsync(subscription, 5);
        await rig.StartAsync();

        var job = await rig.EndAsync(await rig.AddAsync(new JobRequest
        {
            Kind = JobKind.Missed, Subscription = JobSubscription.Of(subscription), Rate = 2_000,
        }));

        Assert.Equal((JobState.Done, 305), (job.State, job.Done));
        Assert.Equal(Enumerable.Range(101, 305).Select(number => (long)number), rig.Handed);
        Assert.Equal((JobState.Done, 0), await AgainAsync(job.Request));
    }

    [Fact]
    public async Task Named_events_are_owed_whatever_became_of_them()
    {
        var subscription = await rig.SubscribeAsync();
        await rig.DeliverAsync(await rig.OweAsync(subscription, 5));
        await rig.StartAsync();

        var job = await rig.EndAsync(await rig.AddAsync(new JobRequest
        {
            Kind = JobKind.Events, Subscription = JobSubscription.Of(subscription), Events = [2, 3, 5], Rate = 8,
        }));

        Assert.Equal((JobState.Done, 3, 3), (job.State, job.Done, job.Total));
        Assert.Equal([2, 3, 5], rig.Handed);
    }

    [Fact]
    public async Task Named_events_that_are_still_owed_are_not_owed_twice_and_dead_ones_come_back()
    {
        var subscription = await rig.SubscribeAsync();
        var owed = await rig.OweAsync(subscription, 4);
        await rig.BuryAsync([owed[1]]);
        await rig.Store.RecordAsync(new CallbackResult(owed[2], new CallbackOutcome.RetryAt(DateTimeOffset.MaxValue), null), SqliteFixture.Cancellation);
        await rig.ChangeAsync(subscription, SubscriptionState.Paused);
        await rig.Store.RecordAsync(new CallbackResult(owed[3], CallbackOutcome.Parked.Instance, null), SqliteFixture.Cancellation);
        await rig.StageAsync(1);
        await rig.StartAsync();

        var job = await rig.EndAsync(await rig.AddAsync(new JobRequest
        {
            Kind = JobKind.Events, Subscription = JobSubscription.Of(subscription), Events = [1, 2, 3, 4, 5],
        }));

        Assert.Equal((JobState.Done, 2), (job.State, job.Done));
        Assert.Equal([2, 5], rig.Handed);
        Assert.Equal((5, 0), (rig.Store.Statistics.Pending, rig.Store.Statistics.Dead));
    }

    [Fact]
    public async Task Jobs_over_the_same_events_owe_each_once_between_them()
    {
        const int Count = 400;
        var subscription = await rig.SubscribeAsync();
        await rig.StageAsync(Count);
        var range = new JobRequest
        {
            Kind = JobKind.Range, Subscription = JobSubscription.Of(subscription), From = DateTimeOffset.UnixEpoch, Rate = 200,
        };
        var named = new JobRequest { Kind = JobKind.Events, Subscription = range.Subscription, Events = [.. Enumerable.Range(100, 200).Select(number => (long)number)] };
        Job[] jobs = [await rig.AddAsync(range), await rig.AddAsync(range), await rig.AddAsync(named)];

        await rig.StartAsync();
        jobs = [await rig.EndAsync(jobs[0]), await rig.EndAsync(jobs[1]), await rig.EndAsync(jobs[2])];

        Assert.Equal(Count, jobs.Sum(job => job.Done));
        Assert.Equal(Enumerable.Range(1, Count).Select(number => (long)number), rig.Handed.Order());
        Assert.Equal(Count, rig.Store.Statistics.Pending);
    }

    [Theory]
    [InlineData(JobKind.Range)]
    [InlineData(JobKind.Events)]
    public async Task What_is_replayed_in_order_comes_one_after_the_other(JobKind kind)
    {
        var subscription = await rig.SubscribeAsync(order: SubscriptionOrder.Key);
        await rig.StageAsync(3);
        await rig.StartAsync();

        var job = await rig.AddAsync(new JobRequest
        {
            Kind = kind, Subscription = JobSubscription.Of(subscription), Events = kind == JobKind.Events ? [1, 2, 3] : [],
            From = kind == JobKind.Range ? DateTimeOffset.UnixEpoch : null,
        });
        await SqliteFixture.UntilAsync(() => rig.ReadAsync(job).GetAwaiter().GetResult().State == JobState.Done);

        Assert.Equal(3, (await rig.ReadAsync(job)).Done);
        Assert.Equal([1], rig.Handed);
        var first = Assert.Single(await rig.Store.ReadHandedOutAsync(0, 10, SqliteFixture.Cancellation));
        Assert.Equal(2, (await rig.DeliverAsync(first))!.Value.Event);
    }

    [Theory]
    [InlineData(JobKind.Dead)]
    [InlineData(JobKind.Missed)]
    public async Task A_job_of_2000_goes_on_after_each_restart_and_owes_each_once(JobKind kind)
    {
        const int Count = 2_000;
        var subscription = await rig.SubscribeAsync();
        if (kind == JobKind.Dead)
        {
            await rig.BuryAsync(await rig.OweAsync(subscription, Count));
        }
        else
        {
            await rig.StageAsync(Count);
        }

        await rig.StartAsync();
        var job = await rig.AddAsync(new JobRequest { Kind = kind, Subscription = JobSubscription.Of(subscription), Rate = 1_600 });
        for (var restart = 1; restart <= 3; restart++)
        {
            await SqliteFixture.UntilAsync(() => rig.Handed.Count >= restart * 400);
            await rig.RestartAsync();
            job = await rig.ReadAsync(job);
            Assert.Equal((JobState.Running, rig.Handed.Count), (job.State, (int)job.Done));
        }

        job = await rig.EndAsync(job);
        Assert.Equal((JobState.Done, Count, Count), (job.State, job.Done, job.Total));
        Assert.Equal(Enumerable.Range(1, Count).Select(number => (long)number), rig.Handed);
        Assert.Equal((Count, 0), (rig.Store.Statistics.Pending, rig.Store.Statistics.Dead));
    }

    [Fact]
    public async Task A_paused_job_stands_still_and_a_cancelled_one_for_good()
    {
        var subscription = await rig.SubscribeAsync();
        await rig.BuryAsync(await rig.OweAsync(subscription, 1_000));
        await rig.StartAsync();
        var job = await rig.AddAsync(new JobRequest { Kind = JobKind.Dead, Subscription = JobSubscription.Of(subscription) });
        await SqliteFixture.UntilAsync(() => rig.Handed.Count > 0);

        var paused = await rig.Store.ChangeJobAsync(job.Id, current => JobChange.Pause(current, "Paused."), SqliteFixture.Cancellation);
        await rig.RestartAsync();
        Assert.Equal(paused!.Done, (await rig.ReadAsync(job)).Done);
        await rig.Store.ChangeJobAsync(job.Id, JobChange.Resume, SqliteFixture.Cancellation);
        await SqliteFixture.UntilAsync(() => rig.Handed.Count > paused.Done);
        var cancelled = await rig.Store.ChangeJobAsync(job.Id, current => JobChange.Cancel(current, "Cancelled."), SqliteFixture.Cancellation);

        await rig.RestartAsync();
        Assert.Equal(cancelled!.Done, (await rig.ReadAsync(job)).Done);
        Assert.Equal(1_000 - cancelled.Done, rig.Store.Statistics.Dead);
    }

    [Theory]
    [InlineData(JobKind.Dead)]
    [InlineData(JobKind.Range)]
    public async Task A_job_whose_subscription_ends_fails_with_the_reason(JobKind kind)
    {
        var subscription = await rig.SubscribeAsync();
        await rig.BuryAsync(await rig.OweAsync(subscription, 100));
        var job = await rig.AddAsync(new JobRequest { Kind = kind, Subscription = JobSubscription.Of(subscription), From = DateTimeOffset.UnixEpoch });
        await rig.Store.RemoveSubscriptionsAsync([subscription.Id], SqliteFixture.Cancellation);

        await rig.StartAsync();

        job = await rig.EndAsync(job);
        Assert.Equal((JobState.Failed, 0), (job.State, job.Done));
        Assert.Contains(subscription.Id, job.Reason!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_does_not_wait_for_another_that_is_slow()
    {
        var (slow, quick) = (await rig.SubscribeAsync(), await rig.SubscribeAsync());
        await rig.BuryAsync(await rig.OweAsync(slow, 1_000));
        await rig.BuryAsync(await rig.OweAsync(quick, 100));
        await rig.StartAsync();

        var first = await rig.AddAsync(new JobRequest { Kind = JobKind.Dead, Subscription = JobSubscription.Of(slow), Rate = 1 });
        var second = await rig.EndAsync(await rig.AddAsync(new JobRequest { Kind = JobKind.Dead, Subscription = JobSubscription.Of(quick), Rate = 10_000 }));

        Assert.Equal(100, second.Done);
        Assert.Equal(JobState.Running, (await rig.ReadAsync(first)).State);
    }

    private async Task<(JobState State, int Done)> AgainAsync(JobRequest request)
    {
        var job = await rig.EndAsync(await rig.AddAsync(request));
        return (job.State, (int)job.Done);
    }
}
