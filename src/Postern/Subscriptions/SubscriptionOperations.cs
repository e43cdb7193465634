using Microsoft.Extensions.Logging;
using Postern.Egress;
using Postern.Monitoring;
using Postern.Operations;
using Postern.Operations.Idempotency;
using Postern.Ports;
using Postern.Subscriptions.Proving;

namespace Postern.Subscriptions;

/// <summary>The subscription calls of the gateway port.</summary>
internal sealed class SubscriptionOperations(
    IStore store, IdempotentCalls repeatable, SecretProtector protector, TimeProvider time, HealthReader health, SharedProofs proofs, ReadRight rights,
    SubscriptionQuota quota, ILogger<SubscriptionOperations> logger)
{
    public IReadOnlyList<Operation> All { get; } = Compose(store, repeatable, protector, time, health, proofs, rights, quota, logger);

    private static IReadOnlyList<Operation> Compose(
        IStore store, IdempotentCalls repeatable, SecretProtector protector, TimeProvider time, HealthReader health, SharedProofs proofs, ReadRight rights,
        SubscriptionQuota quota, ILogger<SubscriptionOperations> logger)
    {
        var own = new OwnSubscriptions(store);
        return
        [
            .. new Subscribing(store, repeatable, protector, proofs, rights, quota, time, logger).Operations,
            .. new Unsubscribing(store, own, logger).Operations,
            .. new Reading(store, own, time).Operations,
            .. new Changing(own, proofs, protector, time).Operations,
            .. new Pausing(own, proofs, quota, time).Operations,
            .. new Verifying(own, time).Operations,
            .. new RotatingSecret(own, protector, time, logger).Operations,
            .. new Testing(store, own, time).Operations,
            .. new Repairing(store, own).Operations,
            .. new ReadingAttempts(store, own).Operations,
            .. new ReadingHealth(own, health).Operations,
            .. new ReadingCatalogue(logger).Operations,
        ];
    }
}
