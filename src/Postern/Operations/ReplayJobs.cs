using System.Globalization;
using Postern.Model;
using Postern.Ports;

namespace Postern.Operations;

/// <summary>Makes jobs out of what callers ask for, on either port.</summary>
internal static class ReplayJobs
{
    public const string Cancelled = "Cancelled by its operator.";
    public const string CancelledByConsumer = "Cancelled by its consumer.";

    /// <summary>Adds the job; 409 when its subscription has enough of them.</summary>
    public static async Task<Job> AddAsync(IStore store, JobRequest request, CancellationToken cancellation)
    {
        if (await store.AddJobAsync(request, cancellation) is { } job)
        {
            return job;
        }

        var subscription = request.Subscription!;
        throw await store.ReadSubscriptionAsync(subscription.Number, cancellation) is null
            ? Problems.NotFound($"There is no subscription {subscription.Id} any more.")
            : Problems.Conflict($"The subscription {subscription.Id} has {JobLimits.Unfinished} replays that have not ended: wait for one of them, or cancel it.");
    }

    /// <summary>Sequences of named events, in the order of the log; 422 that names each which is not there or may not be sent.</summary>
    public static async Task<IReadOnlyList<long>> FindEventsAsync(
        IStore store, ReplayRequest request, Func<Event, bool> maySend, CancellationToken cancellation)
    {
        var errors = new FieldErrors();
        var sequences = new SortedSet<long>();
        var ids = request.Events ?? [];
        for (var index = 0; index < ids.Count; index++)
        {
            if (await store.FindEventAsync(ids[index], cancellation) is { } found && maySend(found))
            {
                sequences.Add(found.Sequence);
            }
            else
            {
                errors.Add(
                    string.Create(CultureInfo.InvariantCulture, $"events[{index}]"),
                    $"there is no event {ids[index]} for this subscription, or it is not kept any more.");
            }
        }

        errors.Throw();
        return [.. sequences];
    }
}
