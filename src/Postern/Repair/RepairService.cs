using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Faults;
using Postern.Model;
using Postern.Ports;

namespace Postern.Repair;

/// <summary>
/// Runs the jobs of the store: one step of one job at a time, that whose step is due the longest. After a restart each goes on
/// where its last commit left it; what a crash kept from the hub is fresh in the store, from which the hub is rebuilt.
/// </summary>
internal sealed class RepairService(IStore store, IHub hub, LiveConfiguration live, TimeProvider time, ILogger<RepairService> logger) : BackgroundService
{
    private const int Page = 500;
    private static readonly TimeSpan StoreWait = TimeSpan.FromSeconds(1);

    // One signal stands for any number of changes: the jobs are read whole.
    private readonly Channel<bool> changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<long, RunningJob> running = [];
    private readonly PriorityQueue<RunningJob, TimeSpan> queue = new();
    private readonly long started = time.GetTimestamp();
    private Task<bool>? wake;
    private bool storeFailing;

    private TimeSpan Now => time.GetElapsedTime(started);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        store.JobsChanged += Wake;
        Wake();
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        store.JobsChanged -= Wake;
        foreach (var job in running.Values)
        {
            job.Dispose();
        }

        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await WaitAsync(stoppingToken);
                if (changed.Reader.TryRead(out _))
                {
                    wake = null;
                    await ReadJobsAsync(stoppingToken);
                }
                else if (queue.TryDequeue(out var job, out _) && !job.Dropped)
                {
                    await StepAsync(job, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private void Wake() => changed.Writer.TryWrite(true);

    /// <summary>Until jobs were changed, or the step of one is due.</summary>
    private async ValueTask WaitAsync(CancellationToken cancellation)
    {
        wake ??= changed.Reader.WaitToReadAsync(cancellation).AsTask();
        if (!queue.TryPeek(out _, out var due))
        {
            await wake;
        }
        else if (!wake.IsCompleted && due - Now is var wait && wait > TimeSpan.Zero)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(wake, Task.Delay(wait, time, ended.Token));
            await ended.CancelAsync();
        }

        cancellation.ThrowIfCancellationRequested();
    }

    private async ValueTask ReadJobsAsync(CancellationToken cancellation)
    {
        try
        {
            var found = new HashSet<long>();
            long? before = null;
            IReadOnlyList<Job> page;
            do
            {
                page = await store.ListJobsAsync(new JobQuery { State = JobState.Running, Before = before, Limit = Page }, cancellation);
                foreach (var job in page)
                {
                    found.Add(job.Number);
                    Take(job);
                }

                before = page.Count > 0 ? page[^1].Number : null;
            }
            while (page.Count == Page);

            foreach (var gone in running.Keys.Where(number => !found.Contains(number)).ToList())
            {
                Drop(running[gone]);
            }

            Answered();
        }
        catch (StoreUnavailableException exception)
        {
            Unanswered(exception);
            await Task.Delay(StoreWait, time, cancellation);
            Wake();
        }
    }

    private void Take(Job job)
    {
        if (!running.ContainsKey(job.Number))
        {
            var taken = running[job.Number] = new RunningJob(job, JobPlan.Of(job, store, live)) { Due = Now };
            queue.Enqueue(taken, taken.Due);
            RepairLog.Taken(logger, job.Id, job.Request.Kind.ToString(), job.Looked, job.Done);
        }
    }

    private void Drop(RunningJob job)
    {
        running.Remove(job.Job.Number);
        job.Dispose();
    }

    private async ValueTask StepAsync(RunningJob job, CancellationToken cancellation)
    {
        try
        {
            if (await StepOrFailAsync(job, cancellation) is not { } progress)
            {
                // Somebody has paused or cancelled it meanwhile, or a commit was not heard of: what stands is read again.
                Drop(job);
                Wake();
            }
            else if (progress.Job.State != JobState.Running)
            {
                RepairLog.Ended(logger, progress.Job.Id, progress.Job.State.ToString(), progress.Job.Done, progress.Job.Reason);
                Drop(job);
            }
            else
            {
                job.Job = progress.Job;
                job.Due = Pacing.Next(job.Due, Now, progress.Owed.Count, job.Job.Request.Rate);
                queue.Enqueue(job, job.Due);
            }

            Answered();
        }
        catch (StoreUnavailableException exception)
        {
            Unanswered(exception);
            job.Due = Now + StoreWait;
            queue.Enqueue(job, job.Due);
        }
    }

    private async ValueTask<JobProgress?> StepOrFailAsync(RunningJob job, CancellationToken cancellation)
    {
        try
        {
            var step = await job.Plan.NextAsync(job.Job, Pacing.StepSize(job.Job.Request.Rate), cancellation);

            // Once it is committed it must come to the hub: stopping waits for the two.
            CrashPoint.Reach(CrashPoints.ReplayBeforeCommit);
            var progress = await CommitAsync(job, step);
            CrashPoint.Reach(CrashPoints.ReplayAfterCommit);
            if (progress is not null)
            {
                await hub.PublishAsync(progress.Owed.Due, CancellationToken.None);
                CrashPoint.Reach(CrashPoints.ReplayAfterPublish);
            }

            return progress;
        }
        catch (JobFaultException fault)
        {
            return await FailAsync(job.Job, fault.Message);
        }
        catch (Exception exception) when (exception is not (StoreUnavailableException or OperationCanceledException))
        {
            // The fault of one job must not end the others, nor the gateway.
            RepairLog.Unforeseen(logger, job.Job.Id, exception);
            return await FailAsync(job.Job, "The gateway failed; its log has the details.");
        }
    }

    /// <summary>Commits a step, and tells the other jobs: what they have read ahead does not show it.</summary>
    private async ValueTask<JobProgress?> CommitAsync(RunningJob job, JobStep step)
    {
        JobProgress? progress = null;
        try
        {
            return progress = await store.StepJobAsync(step, CancellationToken.None);
        }
        finally
        {
            var owed = step.Items.ToLookup(item => item.Match.Subscription, item => item.Match.Event);
            foreach (var other in running.Values.Where(other => other != job))
            {
                if (progress is null)
                {
                    // It may stand in the store all the same.
                    other.Plan.Forget();
                }
                else if (other.Job.Request.Subscription is { } subscription)
                {
                    other.Plan.Owed(owed[subscription.Number]);
                }
            }
        }
    }

    private async ValueTask<JobProgress?> FailAsync(Job job, string reason) =>
        await store.ChangeJobAsync(job.Id, current => JobChange.Fail(current, reason), CancellationToken.None) is { } failed ? new JobProgress(failed, new Revived(0, [])) : null;

    private void Answered()
    {
        if (storeFailing)
        {
            storeFailing = false;
            RepairLog.StoreAvailable(logger);
        }
    }

    private void Unanswered(StoreUnavailableException exception)
    {
        if (!storeFailing)
        {
            storeFailing = true;
            RepairLog.StoreUnavailable(logger, exception.Message);
        }
    }
}
