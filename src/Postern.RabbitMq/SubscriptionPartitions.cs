using System.Collections.Concurrent;
using Postern.Model;
using Postern.Ports;

namespace Postern.RabbitMq;

/// <summary>The partitions of subscriptions, by the endpoints that they are called back at; remembered, and brought up to date with each change.</summary>
internal sealed class SubscriptionPartitions : IDisposable
{
    /// <summary>Subscriptions remembered: about 15 MB. Beyond that it begins anew.</summary>
    private const int Most = 262_144;

    private readonly ConcurrentDictionary<long, int> known = new();
    private readonly IStore store;
    private readonly int partitions;

    public SubscriptionPartitions(IStore store, int partitions)
    {
        (this.store, this.partitions) = (store, partitions);
        store.SubscriptionChanged += Learn;
    }

    /// <exception cref="StoreUnavailableException">The subscription could not be read.</exception>
    public ValueTask<int> OfAsync(long subscription, CancellationToken cancellation) =>
        known.TryGetValue(subscription, out var partition) ? new(partition) : ReadAsync(subscription, cancellation);

    public void Dispose() => store.SubscriptionChanged -= Learn;

    private async ValueTask<int> ReadAsync(long subscription, CancellationToken cancellation)
    {
        if (await store.ReadSubscriptionAsync(subscription, cancellation) is not { } read)
        {
            // Removed: whoever takes its callbacks strikes them off.
            return 0;
        }

        if (known.Count >= Most)
        {
            known.Clear();
        }

        // What a change has told meanwhile is newer than what was read.
        return known.GetOrAdd(subscription, Of(read));
    }

    private void Learn(SubscriptionChange change)
    {
        if (change.Removed)
        {
            known.TryRemove(change.Subscription.Number, out _);
        }
        else if (known.Count < Most)
        {
            known[change.Subscription.Number] = Of(change.Subscription);
        }
        else
        {
            known.Clear();
        }
    }

    private int Of(Subscription subscription) =>
        Uri.TryCreate(subscription.Callback, UriKind.Absolute, out var url) ? Partition.Of(EndpointName.Of(url), partitions) : 0;
}
