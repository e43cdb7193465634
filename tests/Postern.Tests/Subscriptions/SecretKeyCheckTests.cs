using System.Security.Cryptography;
using Postern.Egress;
using Postern.Ports;
using Postern.Subscriptions;

namespace Postern.Tests.Subscriptions;

public sealed class SecretKeyCheckTests : IAsyncLifetime
{
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task A_store_without_subscriptions_starts_with_any_key() => await CheckAsync(new SecretProtector(RandomNumberGenerator.GetBytes(32)));

    [Fact]
    public async Task The_key_of_the_store_starts()
    {
        await gateway.SubscribeAsync();
        await CheckAsync(gateway.Protector);
    }

    [Fact]
    public async Task Another_key_stops_the_start_and_says_what_to_do()
    {
        await gateway.SubscribeAsync();
        var exception = await Assert.ThrowsAsync<StoreRefusedException>(() => CheckAsync(new SecretProtector([.. Enumerable.Repeat((byte)1, 32)])));
        Assert.Contains("secrets.key", exception.Message, StringComparison.Ordinal);
    }

    private Task CheckAsync(SecretProtector protector) => new SecretKeyCheck(gateway.Store, protector).StartAsync(TestContext.Current.CancellationToken);
}
