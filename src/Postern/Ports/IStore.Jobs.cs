using Postern.Model;

namespace Postern.Ports;

public partial interface IStore
{
    /// <summary>
    /// Called after a job was added, or changed by other means than its own steps, was committed, and before the method that
    /// did so returns. The handler must be quick and must not throw.
    /// </summary>
    event Action? JobsChanged;

    /// <summary>
    /// Adds a job, which runs from now on: what dies, and what is staged, after this commit is not for it. Null when its
    /// subscription does not exist any more or has <see cref="JobLimits.Unfinished"/> jobs that have not ended.
    /// </summary>
    ValueTask<Job?> AddJobAsync(JobRequest request, CancellationToken cancellation);

    /// <summary>
    /// Reads, changes and writes state and reason of a job in one commit. <paramref name="change"/> must be pure; null from it
    /// leaves all as it is. Returns what stands afterwards; null when there is no such job.
    /// </summary>
    ValueTask<Job?> ChangeJobAsync(string id, Func<Job, Job?> change, CancellationToken cancellation);

    ValueTask<Job?> FindJobAsync(string id, CancellationToken cancellation);

    /// <summary>Jobs, newest first.</summary>
    ValueTask<IReadOnlyList<Job>> ListJobsAsync(JobQuery query, CancellationToken cancellation);

    /// <summary>
    /// Takes a step of a running job: owes its callbacks again, due now, and moves the job on, in one commit. Null when the job
    /// does not run, or is not where the step begins: nothing was changed. A job whose one subscription has ended fails instead.
    /// </summary>
    ValueTask<JobProgress?> StepJobAsync(JobStep step, CancellationToken cancellation);

    /// <summary>Dead callbacks by growing id; they are read as they stand, and only their ids, events and subscriptions.</summary>
    ValueTask<IReadOnlyList<DueCallback>> ReadDeadAsync(DeadQuery query, CancellationToken cancellation);

    /// <summary>
    /// What became of the events that one subscription was owed, by growing sequence, one entry an event, as they stood at one
    /// moment: owed, else dead, else (where it is asked for) delivered. Fewer than the limit: there are no more in the range.
    /// </summary>
    ValueTask<IReadOnlyList<EventFate>> ReadFatesAsync(FateQuery query, CancellationToken cancellation);
}

public static class JobLimits
{
    /// <summary>Jobs of one subscription that have not ended.</summary>
    public const int Unfinished = 10;
}

/// <summary>One thing a step owes again.</summary>
/// <param name="Match">The event, the subscription and its order.</param>
/// <param name="Dead">The dead callback to bring back, which is left out when it is not dead any more; 0: a new callback.</param>
public readonly record struct JobItem(Match Match, long Dead);

/// <summary>A step of a job.</summary>
/// <param name="Job">As it was read: its number, and where the step begins.</param>
/// <param name="To">Where the step ends.</param>
/// <param name="Items">What it owes again, at most 500.</param>
/// <param name="Looked">Callbacks or events it has looked at.</param>
/// <param name="Last">The job is done with it.</param>
public sealed record JobStep(Job Job, JobCursor To, IReadOnlyList<JobItem> Items, long Looked, bool Last);

/// <summary>What came of a step.</summary>
/// <param name="Job">As it stands now.</param>
/// <param name="Owed">What it owed again.</param>
public sealed record JobProgress(Job Job, Revived Owed);

/// <summary>Which jobs to list, newest first; what is null does not restrict.</summary>
public sealed record JobQuery
{
    public JobState? State { get; init; }

    /// <summary>Number of the one subscription that they are for.</summary>
    public long? Subscription { get; init; }

    /// <summary>Only those with a smaller number.</summary>
    public long? Before { get; init; }

    public int Limit { get; init; } = 100;
}

/// <summary>Which dead callbacks to read.</summary>
/// <param name="Subscription">Null: those of all.</param>
/// <param name="After">Only those with a greater id.</param>
/// <param name="To">Only those up to this id.</param>
public sealed record DeadQuery(long? Subscription, long After, long To, int Limit);

/// <summary>Which events to read the fate of.</summary>
/// <param name="After">Only those with a greater sequence.</param>
/// <param name="To">Only those up to this sequence.</param>
/// <param name="Delivered">Those that were delivered, too.</param>
public sealed record FateQuery(long Subscription, long After, long To, bool Delivered, int Limit);

/// <summary>What became of an event that a subscription was owed.</summary>
/// <param name="Callback">The dead callback; 0 unless it is dead.</param>
public readonly record struct EventFate(long Event, Fate Fate, long Callback);

public enum Fate
{
    Owed = 0,
    Dead = 1,
    Delivered = 2,
}
