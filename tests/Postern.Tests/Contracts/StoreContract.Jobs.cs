using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_job_is_kept_as_it_was_asked_for()
    {
        var subscription = await AddAsync();
        await OweAsync(subscription);
        var request = new JobRequest
        {
            Kind = JobKind.Range, Subscription = JobSubscription.Of(subscription), From = Time.GetUtcNow().AddHours(-1), To = Time.GetUtcNow().AddTicks(5),
            Rate = 7, Consumer = "acme",
        };

        var added = await AddJobAsync(request);
        await ReopenAsync();

        var found = await Store.FindJobAsync(added.Id, Cancellation);
        Assert.Equal(added with { Request = request }, found! with { Request = found.Request with { Events = request.Events } });
        Assert.Equal((JobState.Running, Time.GetUtcNow()), (added.State, added.Created));
        Assert.StartsWith("job_", added.Id, StringComparison.Ordinal);
        Assert.Null(await Store.FindJobAsync("job_none", Cancellation));
    }

    [Fact]
    public async Task A_step_owes_and_moves_the_job_on_in_one_commit_over_restarts()
    {
        var subscription = await AddAsync();
        var dead = await DieAsync(subscription, 7);
        var job = await AddJobAsync(Dead(subscription));
        var owed = new List<DueCallback>();
        while (job.State == JobState.Running)
        {
            // Killed between any two steps: only what was committed is there.
            await ReopenAsync();
            var stored = (await Store.FindJobAsync(job.Id, Cancellation))!;
            Assert.Equal((job.Cursor, job.Done, job.Looked), (stored.Cursor, stored.Done, stored.Looked));
            var page = await Store.ReadDeadAsync(new DeadQuery(subscription.Number, job.Cursor.Position, job.Last, 3), Cancellation);
            var step = new JobStep(
                job, page.Count == 0 ? job.Cursor : new JobCursor(0, page[^1].Id), [.. page.Select(Item)], page.Count, page.Count < 3);
            var progress = (await Store.StepJobAsync(step, Cancellation))!;
            Assert.Null(await Store.StepJobAsync(step with { Last = false }, Cancellation));
            owed.AddRange(progress.Owed.Due);
            job = progress.Job;
        }

        Assert.Equal(dead.Select(callback => callback.Event), owed.Select(callback => callback.Event));
        Assert.Equal((JobState.Done, 7, 7, 7), (job.State, job.Done, job.Looked, job.Total));
        Assert.NotNull(job.Ended);
        Assert.Equal(owed, await HandedOutAsync());
        Assert.Equal((7, 0), (Store.Statistics.Pending, Store.Statistics.Dead));
    }

    [Fact]
    public async Task A_step_leaves_out_what_is_not_dead_any_more_what_has_expired_and_what_has_ended()
    {
        var (mine, ended) = (await AddAsync(), await AddAsync());
        var dead = await DieAsync(mine, 2);
        var lost = await DieAsync(ended, 1);
        await Store.ChangeSubscriptionAsync(ended.Id, current => current with { State = SubscriptionState.Gone }, Cancellation);
        var job = await AddJobAsync(new JobRequest { Kind = JobKind.Dead });
        await Store.ReviveCallbackAsync(dead[0].Id, Cancellation);

        var progress = await Store.StepJobAsync(
            new JobStep(job, new JobCursor(0, 9), [.. dead.Concat(lost).Select(Item), new JobItem(new Match(99, mine.Number), 0)], 4, Last: true), Cancellation);

        Assert.Equal([dead[1].Event], progress!.Owed.Due.Select(callback => callback.Event));
        Assert.Equal((1, 4, 3), (progress.Job.Done, progress.Job.Looked, progress.Job.Total));
        Assert.Equal(lost[0].Id, Assert.Single(await CallbacksAsync(CallbackState.Dead)).Id);
    }

    [Fact]
    public async Task A_new_callback_of_a_job_is_one_more_whether_the_event_was_delivered_or_not()
    {
        var subscription = await AddAsync();
        var delivered = (await OweAsync(subscription))[0];
        await RecordAsync(delivered, CallbackOutcome.Delivered.Instance, Try(AttemptOutcome.Delivered));
        var job = await AddJobAsync(new JobRequest { Kind = JobKind.Events, Subscription = JobSubscription.Of(subscription), Events = [1] });

        var progress = await Store.StepJobAsync(
            new JobStep(job, new JobCursor(0, 1), [new JobItem(new Match(1, subscription.Number), 0)], 1, Last: true), Cancellation);

        var callback = Assert.Single(progress!.Owed.Due);
        Assert.Equal((1, 0), (callback.Event, callback.Attempts));
        Assert.NotEqual(delivered.Id, callback.Id);
        Assert.Equal([callback], await HandedOutAsync());
    }

    [Theory]
    [InlineData(SubscriptionState.Disabled)]
    [InlineData(SubscriptionState.Gone)]
    [InlineData(null)]
    public async Task A_job_whose_subscription_has_ended_fails_with_the_reason(SubscriptionState? state)
    {
        var subscription = await AddAsync();
        var dead = await DieAsync(subscription, 1);
        var job = await AddJobAsync(Dead(subscription));
        if (state is { } ended)
        {
            await Store.ChangeSubscriptionAsync(subscription.Id, current => current with { State = ended }, Cancellation);
        }
        else
        {
            await Store.RemoveSubscriptionsAsync([subscription.Id], Cancellation);
        }

        var progress = await Store.StepJobAsync(new JobStep(job, new JobCursor(0, 1), [Item(dead[0])], 1, Last: true), Cancellation);

        Assert.Empty(progress!.Owed.Due);
        Assert.Equal((JobState.Failed, 0), (progress.Job.State, progress.Job.Done));
        Assert.Contains(subscription.Id, progress.Job.Reason, StringComparison.Ordinal);
        Assert.NotNull((await Store.FindJobAsync(job.Id, Cancellation))!.Ended);
    }

    [Fact]
    public async Task A_job_that_is_paused_or_cancelled_takes_no_step()
    {
        var subscription = await AddAsync();
        var dead = await DieAsync(subscription, 1);
        var job = await AddJobAsync(Dead(subscription));
        var step = new JobStep(job, new JobCursor(0, 1), [Item(dead[0])], 1, Last: true);
        var told = 0;
        Store.JobsChanged += () => told++;

        await Store.ChangeJobAsync(job.Id, current => JobChange.Pause(current, "Paused."), Cancellation);
        Assert.Null(await Store.StepJobAsync(step, Cancellation));
        await Store.ChangeJobAsync(job.Id, current => JobChange.Pause(current, "Twice."), Cancellation);
        var resumed = await Store.ChangeJobAsync(job.Id, JobChange.Resume, Cancellation);
        Assert.Equal((JobState.Running, null, 2), (resumed!.State, resumed.Reason, told));
        var cancelled = await Store.ChangeJobAsync(job.Id, current => JobChange.Cancel(current, "Cancelled."), Cancellation);
        Assert.Null(await Store.StepJobAsync(step, Cancellation));
        Assert.Equal((JobState.Cancelled, "Cancelled.", Time.GetUtcNow()), (cancelled!.State, cancelled.Reason, cancelled.Ended));
        Assert.Equal(1, Store.Statistics.Dead);
        Assert.Null(await Store.ChangeJobAsync("job_none", JobChange.Resume, Cancellation));
    }

    [Fact]
    public async Task Jobs_are_listed_newest_first_by_state_and_subscription()
    {
        var (mine, other) = (await AddAsync(), await AddAsync());
        var first = await AddJobAsync(Dead(mine));
        var second = await AddJobAsync(Dead(other));
        var third = await AddJobAsync(Dead(mine));
        await Store.ChangeJobAsync(third.Id, current => JobChange.Pause(current, "Paused."), Cancellation);

        Assert.Equal([third.Id, second.Id], await JobsAsync(new JobQuery { Limit = 2 }));
        Assert.Equal([first.Id], await JobsAsync(new JobQuery { Before = second.Number }));
        Assert.Equal([third.Id, first.Id], await JobsAsync(new JobQuery { Subscription = mine.Number }));
        Assert.Equal([second.Id, first.Id], await JobsAsync(new JobQuery { State = JobState.Running }));
        Assert.Equal([third.Id], await JobsAsync(new JobQuery { State = JobState.Paused }));
    }

    [Fact]
    public async Task A_subscription_has_only_so_many_jobs_that_have_not_ended()
    {
        var subscription = await AddAsync();
        Job? job = null;
        for (var count = 0; count < JobLimits.Unfinished; count++)
        {
            job = await AddJobAsync(Dead(subscription));
        }

        Assert.Null(await Store.AddJobAsync(Dead(subscription), Cancellation));
        await Store.ChangeJobAsync(job!.Id, current => JobChange.Cancel(current, "Cancelled."), Cancellation);
        Assert.NotNull(await Store.AddJobAsync(Dead(subscription), Cancellation));
        Assert.Null(await Store.AddJobAsync(Dead(subscription) with { Subscription = new JobSubscription(99, "sub_99") }, Cancellation));
    }

    [Theory]
    [InlineData(0, 10, 0, 10)]
    [InlineData(3, 5, 2, 5)]
    [InlineData(3, 3, 2, 3)]
    [InlineData(11, 20, 10, 10)]
    [InlineData(-5, 0, 0, 0)]
    public async Task A_time_is_found_in_the_log(int fromMinute, int toMinute, long after, long last)
    {
        var subscription = await AddAsync();
        var start = Time.GetUtcNow();
        for (var minute = 1; minute <= 10; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await OweAsync(subscription);
        }

        // Staged and not matched yet: the listener owes it.
        await StageAsync();
        var job = await AddJobAsync(new JobRequest
        {
            Kind = JobKind.Range, Subscription = JobSubscription.Of(subscription), From = start.AddMinutes(fromMinute), To = start.AddMinutes(toMinute),
        });
        Assert.Equal((after, last, last - after), (job.Cursor.Position, job.Last, job.Total!.Value));
    }

    [Fact]
    public async Task The_fate_of_an_event_is_owed_before_dead_before_delivered()
    {
        var (mine, other) = (await AddAsync(), await AddAsync());
        var dead = await DieAsync(mine, 1);
        var delivered = (await OweAsync(mine))[0];
        await RecordAsync(delivered, CallbackOutcome.Delivered.Instance, Try(AttemptOutcome.Delivered, 204));
        var parked = (await OweAsync(mine))[0];
        await PauseAsync(mine);
        await RecordAsync(parked, CallbackOutcome.Parked.Instance, null);
        var later = (await OweAsync(mine, other))[0];
        await RecordAsync(later, new CallbackOutcome.RetryAt(Time.GetUtcNow().AddHours(1)), Try(AttemptOutcome.Retry));
        await OweAsync(mine);
        await OweAsync(other);
        await ReopenAsync();

        var all = await Store.ReadFatesAsync(new FateQuery(mine.Number, 0, 100, Delivered: true, 100), Cancellation);
        Assert.Equal(
            [new(1, Fate.Dead, dead[0].Id), new(2, Fate.Delivered, 0), new(3, Fate.Owed, 0), new(4, Fate.Owed, 0), new EventFate(5, Fate.Owed, 0)], all);
        Assert.Equal([1, 3, 4, 5], (await Store.ReadFatesAsync(new FateQuery(mine.Number, 0, 100, Delivered: false, 100), Cancellation)).Select(fate => fate.Event));
        Assert.Equal([2, 3], (await Store.ReadFatesAsync(new FateQuery(mine.Number, 1, 4, Delivered: true, 2), Cancellation)).Select(fate => fate.Event));
    }

    [Fact]
    public async Task Dead_callbacks_are_read_by_id_within_their_bounds()
    {
        var (mine, other) = (await AddAsync(), await AddAsync());
        var first = await DieAsync(mine, 2);
        var second = await DieAsync(other, 1);
        var third = await DieAsync(mine, 2);

        Assert.Equal(
            first.Concat(second).Concat(third).Select(callback => callback.Id),
            (await Store.ReadDeadAsync(new DeadQuery(null, 0, 100, 100), Cancellation)).Select(callback => callback.Id));
        Assert.Equal(
            [first[1].Id, third[0].Id],
            (await Store.ReadDeadAsync(new DeadQuery(mine.Number, first[0].Id, third[0].Id, 100), Cancellation)).Select(callback => callback.Id));
        Assert.Equal([first[0].Id], (await Store.ReadDeadAsync(new DeadQuery(mine.Number, 0, 100, 1), Cancellation)).Select(callback => callback.Id));
    }

    private static JobRequest Dead(Subscription subscription) => new() { Kind = JobKind.Dead, Subscription = JobSubscription.Of(subscription) };

    private static JobItem Item(DueCallback dead) => new(new Match(dead.Event, dead.Subscription), dead.Id);

    private async Task<Job> AddJobAsync(JobRequest request) => (await Store.AddJobAsync(request, Cancellation))!;

    private async Task<IEnumerable<string>> JobsAsync(JobQuery query) => (await Store.ListJobsAsync(query, Cancellation)).Select(job => job.Id);

    /// <summary>Owes so many events to a subscription, and buries their callbacks.</summary>
    private async Task<List<DueCallback>> DieAsync(Subscription subscription, int count)
    {
        var dead = new List<DueCallback>();
        for (var index = 0; index < count; index++)
        {
            var callback = (await OweAsync(subscription))[0];
            await BuryAsync(callback);
            dead.Add(callback);
        }

        return dead;
    }
}
