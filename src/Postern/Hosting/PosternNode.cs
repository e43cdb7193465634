using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Faults;
using Postern.Ports;

namespace Postern.Hosting;

/// <summary>A node that runs.</summary>
public sealed class PosternNode : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly IStore store;
    private readonly IHub hub;
    private readonly ILogger logger;

    internal PosternNode(WebApplication app, IStore store, IHub hub, ILogger logger) =>
        (this.app, this.store, this.hub, this.logger) = (app, store, hub, logger);

    public IServiceProvider Services => app.Services;

    /// <summary>Completes when the node was asked to stop (SIGTERM, Ctrl-C, a role that cannot go on) and has stopped.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellation) =>
        ((IHost)app).WaitForShutdownAsync(cancellation);

    /// <summary>Takes no more, lets what is under way end, closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        CrashPoint.Reach(CrashPoints.StopBefore);
        await app.StopAsync();
        CrashPoint.Reach(CrashPoints.StopAfterRoles);
        await hub.DisposeAsync();
        await store.DisposeAsync();
        CrashPoint.Reach(CrashPoints.StopAfterStore);
        HostingLog.Stopped(logger);
        await app.DisposeAsync();
    }
}
