using Microsoft.Extensions.Logging;
using Postern.Egress;
using Postern.Monitoring;
using Postern.Operations;
using Postern.Operations.Idempotency;
using Postern.Ports;

namespace Postern.Subscriptions;

/// <summary>The subscription calls of the gateway port.</summary>
internal sealed class SubscriptionOperations(
    IStore store, IdempotentCalls repeatable, SecretProtector protector, SubscriptionTerms terms, HealthReader health, TimeProvider time,
    ILogger<SubscriptionOperations> logger)
{
    public IReadOnlyList<Operation> All { get; } = Compose(store, repeatable, protector, terms, health, time, logger);

    private static IReadOnlyList<Operation> Compose(
        IStore store, IdempotentCalls repeatable, SecretProtector protector, SubscriptionTerms terms, HealthReader health, TimeProvider time,
        ILogger<SubscriptionOperations> logger)
    {
        var own = new OwnSubscriptions(store);
        return
        [
            .. new Subscribing(store, repeatable, protector, terms, time, logger).Operations,
            .. new Unsubscribing(store, own, logger).Operations,
            .. new Reading(store, own, time).Operations,
            .. new Changing(own, terms, protector, time).Operations,
            .. new Pausing(own, terms, time).Operations,
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
