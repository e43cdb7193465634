using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Postern.Configuration;

namespace Postern.Hosting;

/// <summary>How long the host waits for its services when it stops; it looks then, so that a saved change counts.</summary>
internal sealed class ShutdownTime(LiveConfiguration live) : IConfigureOptions<HostOptions>
{
    // To record what has ended.
    private static readonly TimeSpan Recording = TimeSpan.FromSeconds(5);

    public void Configure(HostOptions options)
    {
        options.ShutdownTimeout = Of(live.Current);
        live.Changed += configuration => options.ShutdownTimeout = Of(configuration);
    }

    /// <summary>What balancers are given, and then what an attempt may still take to end and be recorded.</summary>
    internal static TimeSpan Of(PosternConfiguration configuration) => configuration.Gateway.Drain + configuration.Callbacks.Timeout + Recording;
}
