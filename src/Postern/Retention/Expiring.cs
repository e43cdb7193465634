using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Faults;
using Postern.Monitoring;
using Postern.Ports;

namespace Postern.Retention;

/// <summary>Removes what is older than the configuration keeps, and the oldest where the store is too large: step by step, with pauses.</summary>
internal sealed class Expiring(IStore store, PosternMeter meter, StoreSizeBoard board, TimeProvider time, ILogger<Expiring> logger)
{
    private static readonly ExpiryKind[] Kinds = Enum.GetValues<ExpiryKind>();

    private readonly Dictionary<ExpiryKind, (TimeSpan Keep, DateTimeOffset Next)> plan = [];
    private bool tooLarge;

    /// <summary>One look at everything that is due to be looked at.</summary>
    public async Task RunAsync(PosternConfiguration configuration, CancellationToken cancellation)
    {
        foreach (var kind in Kinds)
        {
            if (Keep(configuration, kind) is { } keep && IsDue(kind, keep))
            {
                Tell(kind, await ExpireAsync(kind, time.GetUtcNow() - keep, cancellation), keep);
                plan[kind] = (keep, time.GetUtcNow() + Pace.Interval(keep));
            }
        }

        var size = await store.ReadSizeAsync(cancellation);
        if (configuration.Retention.MaxBytes is { } limit)
        {
            size = await ShrinkAsync(size, limit, cancellation);
        }

        board.Show(size.Used, size.Oldest is { } oldest ? time.GetUtcNow() - oldest : TimeSpan.Zero);
    }

    internal static TimeSpan? Keep(PosternConfiguration configuration, ExpiryKind kind) => kind switch
    {
        ExpiryKind.Attempts => configuration.Retention.Attempts,
        ExpiryKind.Dead => configuration.Retention.Dead,
        ExpiryKind.Events => configuration.Retention.Events,
        ExpiryKind.Reports or ExpiryKind.Jobs => configuration.Retention.Jobs,
        ExpiryKind.Audit => configuration.Retention.Audit,
        ExpiryKind.Answers => configuration.Gateway.Idempotency,
        ExpiryKind.ProducerIds => Promises.ProducerIds,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind."),
    };

    // A changed configuration holds at once.
    private bool IsDue(ExpiryKind kind, TimeSpan keep) => !plan.TryGetValue(kind, out var planned) || planned.Keep != keep || planned.Next <= time.GetUtcNow();

    private async Task<long> ExpireAsync(ExpiryKind kind, DateTimeOffset before, CancellationToken cancellation)
    {
        var (removed, limit) = (0L, Pace.First);
        ExpiryStep step;
        do
        {
            step = await StepAsync(kind, before, limit, cancellation);
            limit = Pace.Next(limit, step.Held);
            removed += step.Removed;
        }
        while (step.More);

        return removed;
    }

    private async Task<StoreSize> ShrinkAsync(StoreSize size, long most, CancellationToken cancellation)
    {
        var (first, attempts, events, limit) = (size.Used, 0L, 0L, Pace.First);
        while (size.Used > most)
        {
            // Attempts are history alone; events may be replayed.
            var step = await StepAsync(ExpiryKind.Attempts, DateTimeOffset.MaxValue, limit, cancellation);
            attempts += step.Removed;
            if (step.Removed == 0)
            {
                step = await StepAsync(ExpiryKind.Events, DateTimeOffset.MaxValue, limit, cancellation);
                events += step.Removed;
            }

            if (step is { Removed: 0, More: false })
            {
                break;
            }

            limit = Pace.Next(limit, step.Held);
            size = await store.ReadSizeAsync(cancellation);
        }

        if (attempts + events > 0)
        {
            logger.Shrunk(first, most, attempts, events);
        }

        if (size.Used > most && !tooLarge)
        {
            logger.StillTooLarge(size.Used, most);
        }

        tooLarge = size.Used > most;
        return size;
    }

    private async Task<ExpiryStep> StepAsync(ExpiryKind kind, DateTimeOffset before, int limit, CancellationToken cancellation)
    {
        var step = await store.ExpireAsync(kind, before, limit, cancellation);
        if (step.Removed > 0)
        {
            CrashPoint.Reach(CrashPoints.ExpireAfterCommit);
            meter.Expired.Add(step.Removed, new KeyValuePair<string, object?>("kind", Name(kind)));
        }

        if (step.Held > TimeSpan.Zero)
        {
            await Task.Delay(Pace.PauseAfter(step.Held), time, cancellation);
        }

        return step;
    }

    private void Tell(ExpiryKind kind, long count, TimeSpan keep)
    {
        if (count > 0 && kind == ExpiryKind.Dead)
        {
            logger.DeadExpired(count, keep);
        }
        else if (count > 0)
        {
            logger.Expired(count, kind, keep);
        }
    }

    private static string Name(ExpiryKind kind) => kind switch
    {
        ExpiryKind.Attempts => "attempts",
        ExpiryKind.Dead => "dead",
        ExpiryKind.Answers => "answers",
        ExpiryKind.ProducerIds => "producer-ids",
        ExpiryKind.Reports => "reports",
        ExpiryKind.Jobs => "jobs",
        ExpiryKind.Audit => "audit",
        _ => "events",
    };
}
