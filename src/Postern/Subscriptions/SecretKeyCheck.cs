using Microsoft.Extensions.Hosting;
using Postern.Egress;
using Postern.Ports;

namespace Postern.Subscriptions;

/// <summary>Opens one secret at start, so that a wrong key stops the program before it fails callback after callback.</summary>
internal sealed class SecretKeyCheck(IStore store, SecretProtector protector) : IHostedService
{
    /// <exception cref="StoreRefusedException">The store was made with another key.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var subscription in await store.ListSubscriptionsAsync(new SubscriptionQuery { Limit = 1 }, cancellationToken))
        {
            try
            {
                protector.Open(subscription.Id, subscription.Secrets[0]);
            }
            catch (SecretUnreadableException exception)
            {
                throw new StoreRefusedException(exception.Message, exception);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
