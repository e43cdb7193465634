using Postern.Ports;
using Postern.Tests.Contracts;

namespace Postern.Tests.RabbitMq;

/// <summary>The hub over a real RabbitMQ.</summary>
[Collection(nameof(RabbitMqCollection))]
public sealed class RabbitMqHubContract(RabbitMqFixture brokers) : HubContract
{
    private HubRig? rig;

    protected override async ValueTask<IHub> OpenAsync()
    {
        rig = new HubRig((await brokers.ServerAsync()).Url);
        return await rig.OpenAsync();
    }

    protected override ValueTask CloseAsync() => rig?.DisposeAsync() ?? ValueTask.CompletedTask;
}
