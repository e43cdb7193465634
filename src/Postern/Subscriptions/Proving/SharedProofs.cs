using System.Runtime.CompilerServices;
using Postern.Configuration;
using Postern.Model;
using Postern.Ports;

namespace Postern.Subscriptions.Proving;

/// <summary>One proof counts for all subscriptions of the same consumer with the very same URL: its receiver is asked once.</summary>
internal sealed class SharedProofs(IStore store, TimeProvider time)
{
    private const int Page = 100;

    /// <summary>A proof that counts for a new subscription to a path with this URL; null: there is none.</summary>
    public async Task<Proof?> FindAsync(string consumer, string path, string callback, PosternConfiguration configuration, CancellationToken cancellation)
    {
        if (Ownership.Of(configuration, path) is var kind && kind == Verification.None)
        {
            return null;
        }

        var now = time.GetUtcNow();
        await foreach (var other in WithAsync(consumer, callback, cancellation))
        {
            // One that its receiver has ended says no.
            if (other.State != SubscriptionState.Gone && other.Proof is { } proof && proof.Holds(now) && Ownership.IsOf(proof, kind))
            {
                return proof;
            }
        }

        return null;
    }

    /// <summary>The subscriptions of a consumer with a URL.</summary>
    public async IAsyncEnumerable<Subscription> WithAsync(string consumer, string callback, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var query = new SubscriptionQuery { Consumer = consumer, Callback = callback, Limit = Page };
        while (await store.ListSubscriptionsAsync(query, cancellation) is { Count: > 0 } page)
        {
            foreach (var subscription in page)
            {
                yield return subscription;
            }

            query = query with { After = page[^1].Number };
        }
    }
}
