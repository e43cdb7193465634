using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Monitoring;
using Postern.Ports;

namespace Postern.Hosting;

/// <summary>What a program gives to run a node.</summary>
public sealed record PosternSetup
{
    /// <summary>The configuration and where it came from, so that it can be read again when it changes.</summary>
    public required LoadedConfiguration Loaded { get; init; }

    /// <summary>Opens the driver that <see cref="PosternConfiguration.Store"/> names; the library knows no driver.</summary>
    public required Func<PosternConfiguration, ILoggerFactory, CancellationToken, ValueTask<IStore>> OpenStore { get; init; }

    /// <summary>Makes the driver that <see cref="PosternConfiguration.Hub"/> names, which connects when the node needs it.</summary>
    public Func<HubSetup, IHub> MakeHub { get; init; } = static _ => new EmbeddedHub();

    public Action<ILoggingBuilder> Logging { get; init; } = static _ => { };
}

/// <summary>What a driver of <see cref="IHub"/> is made with.</summary>
public sealed record HubSetup
{
    public required HubConfiguration Hub { get; init; }

    /// <summary>Where it finds out which endpoint a subscription is called back at.</summary>
    public required IStore Store { get; init; }

    public required PosternMeter Meter { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILoggerFactory Loggers { get; init; }
}
