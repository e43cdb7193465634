using Postern.Configuration.Values;
using RabbitMQ.Client;

namespace Postern.RabbitMq;

/// <summary>Dials the broker: whichever of its nodes answers.</summary>
internal sealed class BrokerConnections(RabbitMqOptions options)
{
    // The client's own recovery is off: it recovers a connection but not what was under way, and knows no queue that is gone. A session that
    // has ended is opened anew as a whole.
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public async Task<IConnection> OpenAsync(string purpose, CancellationToken cancellation)
    {
        var nodes = options.Hub.Url.Select(BrokerAddress.Of).ToList();
        var factory = new ConnectionFactory
        {
            UserName = nodes[0].Username ?? options.Hub.Username ?? ConnectionFactory.DefaultUser,
            Password = nodes[0].Password ?? options.Hub.Password ?? ConnectionFactory.DefaultPass,
            VirtualHost = nodes[0].VirtualHost,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedHeartbeat = Heartbeat,
            RequestedConnectionTimeout = Answer,
            HandshakeContinuationTimeout = Answer,
            ContinuationTimeout = Answer,
        };
        return await factory.CreateConnectionAsync(
            nodes.Select(node => new AmqpTcpEndpoint(node.Host, node.Port, BrokerTls.Of(node, options.Hub))), $"postern {purpose} {Environment.MachineName}", cancellation);
    }
}
