using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Ports;

namespace Postern.Hosting;

/// <summary>What a program gives to run a node.</summary>
public sealed record PosternSetup
{
    /// <summary>The configuration and where it came from, so that it can be read again when it changes.</summary>
    public required LoadedConfiguration Loaded { get; init; }

    /// <summary>Opens the driver that <see cref="PosternConfiguration.Store"/> names; the library knows no driver.</summary>
    public required Func<PosternConfiguration, ILoggerFactory, CancellationToken, ValueTask<IStore>> OpenStore { get; init; }

    public Action<ILoggingBuilder> Logging { get; init; } = static _ => { };
}
