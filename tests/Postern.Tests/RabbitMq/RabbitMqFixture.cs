namespace Postern.Tests.RabbitMq;

/// <summary>One broker for several tests, started by the first that asks, killed when the last is over.</summary>
public sealed class RabbitMqFixture : IAsyncLifetime
{
    private RabbitMqServer? server;

    public async Task<RabbitMqServer> ServerAsync() => server ??= await RabbitMqServer.StartAsync();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
