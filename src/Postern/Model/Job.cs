using System.Buffers.Text;
using System.Security.Cryptography;

namespace Postern.Model;

/// <summary>A repair under way: what is to be owed again, and how far it has come. It survives restarts.</summary>
public sealed record Job
{
    /// <summary>The store's own key; grows.</summary>
    public required long Number { get; init; }

    /// <summary><c>job_…</c></summary>
    public required string Id { get; init; }

    /// <summary>What was asked for.</summary>
    public required JobRequest Request { get; init; }

    public JobState State { get; init; }

    /// <summary>Why it failed, is paused or was cancelled; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>Behind what was looked at last.</summary>
    public JobCursor Cursor { get; init; }

    /// <summary>The last position it looks at: what comes after it is not repaired but new.</summary>
    public long Last { get; init; }

    /// <summary>Callbacks or events it has looked at.</summary>
    public long Looked { get; init; }

    /// <summary>Callbacks or events to look at; null where that is not known without counting.</summary>
    public long? Total { get; init; }

    /// <summary>Callbacks it has made owed again.</summary>
    public long Done { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>When it was done, failed or was cancelled.</summary>
    public DateTimeOffset? Ended { get; init; }
}

/// <summary>What a job is to do.</summary>
public sealed record JobRequest
{
    /// <summary>Callbacks a second, unless asked otherwise.</summary>
    public const int DefaultRate = 200;

    public const int MaxRate = 10_000;

    /// <summary>Events a job can name.</summary>
    public const int MaxEvents = 500;

    public required JobKind Kind { get; init; }

    /// <summary>The one subscription it is for; null: those of <see cref="Endpoint"/>, or all.</summary>
    public JobSubscription? Subscription { get; init; }

    /// <summary>The endpoint whose subscriptions it is for, <c>https://example.com:443</c>.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Events staged from then on; null: from the first that is known of.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Events staged until then, and then itself; null: until the job was made.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Sequences of the named events, growing.</summary>
    public IReadOnlyList<long> Events { get; init; } = [];

    /// <summary>Callbacks a second, 1 to <see cref="MaxRate"/>.</summary>
    public int Rate { get; init; } = DefaultRate;

    /// <summary>Name of the consumer that asked; null: the operator.</summary>
    public string? Consumer { get; init; }
}

/// <summary>The subscription a job is for, by both its names: the job outlives it.</summary>
public sealed record JobSubscription(long Number, string Id)
{
    public static JobSubscription Of(Subscription subscription) => new(subscription.Number, subscription.Id);
}

/// <summary>How far a job has come.</summary>
/// <param name="Subscription">The subscription it is at, where it goes through several one by one; 0 otherwise.</param>
/// <param name="Position">Id of a callback, sequence of an event, or place in the list of events.</param>
public readonly record struct JobCursor(long Subscription, long Position);

public enum JobKind
{
    /// <summary>The dead callbacks.</summary>
    Dead = 0,

    /// <summary>The events of a time that match, whether they were delivered or not; those still owed are left to come by themselves.</summary>
    Range = 1,

    /// <summary>The events that match, and that were neither delivered nor are still owed.</summary>
    Missed = 2,

    /// <summary>The named events.</summary>
    Events = 3,
}

public enum JobState
{
    Running = 0,

    /// <summary>Does nothing until it is resumed.</summary>
    Paused = 1,

    Done = 2,
    Failed = 3,
    Cancelled = 4,
}

/// <summary>Ids of jobs: <c>job_</c> and 128 random bits in base64url.</summary>
public static class JobId
{
    private const string Prefix = "job_";
    private const int RandomBytes = 16;

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
}

/// <summary>The changes of a job that people ask for: pure, null where there is nothing to change.</summary>
public static class JobChange
{
    public static bool IsUnfinished(this Job job) => job.State is JobState.Running or JobState.Paused;

    public static Job? Cancel(Job job, string reason) => job.IsUnfinished() ? job with { State = JobState.Cancelled, Reason = reason } : null;

    public static Job? Fail(Job job, string reason) => job.IsUnfinished() ? job with { State = JobState.Failed, Reason = reason } : null;

    public static Job? Pause(Job job, string reason) => job.State == JobState.Running ? job with { State = JobState.Paused, Reason = reason } : null;

    public static Job? Resume(Job job) => job.State == JobState.Paused ? job with { State = JobState.Running, Reason = null } : null;
}
