using Postern.Model;
using Postern.Ports;

namespace Postern.Tests;

/// <summary>Subscriptions of consumers that no test removes.</summary>
internal static class StoreCalls
{
    public static ValueTask<Subscription> AddSubscriptionAsync(this IStore store, Subscription subscription, CancellationToken cancellation) =>
        store.AddSubscriptionAsync(subscription, ownerSince: null, cancellation);

    public static ValueTask<Answered<Subscription>> AddSubscriptionAsync(
        this IStore store, Subscription subscription, IdempotentCall call, Func<Subscription, ReadOnlyMemory<byte>> answer, CancellationToken cancellation) =>
        store.AddSubscriptionAsync(subscription, ownerSince: null, call, answer, cancellation);
}
