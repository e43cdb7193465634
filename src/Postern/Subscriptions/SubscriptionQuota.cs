using System.Collections.Concurrent;
using Postern.Model;
using Postern.Monitoring;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Subscriptions;

/// <summary>
/// Holds consumers to their number of subscriptions (<c>limits.subscriptions</c>). Those of a consumer are looked up once, when it
/// first meets a limit; from then on the store's own news keep the number right.
/// </summary>
internal sealed class SubscriptionQuota
{
    private static readonly KeyValuePair<string, object?> Refused = new("limit", "subscriptions");

    private readonly ConcurrentDictionary<string, SubscriptionTally> tallies = new(StringComparer.Ordinal);
    private readonly IStore store;
    private readonly PosternMeter meter;

    public SubscriptionQuota(IStore store, PosternMeter meter)
    {
        this.store = store;
        this.meter = meter;
        store.SubscriptionChanged += change =>
        {
            if (tallies.TryGetValue(change.Subscription.Consumer, out var tally))
            {
                tally.Note(change);
            }
        };
    }

    /// <summary>Keeps a place for a subscription until it stands or the place is disposed; null where the consumer has no limit.</summary>
    /// <exception cref="ProblemException">It has as many as it may have.</exception>
    public async Task<IDisposable?> TakeAsync(GatewayCall call, string id, CancellationToken cancellation)
    {
        var (consumer, configuration) = (call.RequireConsumer().Name, call.Configuration);
        var own = configuration.Consumers.TryGetValue(consumer, out var known) ? known.Limits.Subscriptions : null;
        if ((own ?? configuration.Limits.Subscriptions) is not { } most)
        {
            return null;
        }

        var tally = tallies.GetOrAdd(consumer, static name => new SubscriptionTally(name));
        await tally.LoadAsync(store, cancellation);
        if (tally.TryTake(id, most))
        {
            return new Place(tally, id);
        }

        meter.LimitsRefused.Add(1, Refused);
        throw new ProblemException(Problems.Make(
            403, "too-many-subscriptions", "No more subscriptions",
            $"You have as many subscriptions as you may have: {most}, without those that have ended. Unsubscribe from one that you do not need any more, or ask the gateway's operator."));
    }

    private sealed class Place(SubscriptionTally tally, string id) : IDisposable
    {
        public void Dispose() => tally.GiveBack(id);
    }
}
