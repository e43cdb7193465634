using Microsoft.AspNetCore.Builder;
using Postern.Ports;

namespace Postern.Hosting;

/// <summary>A node that runs.</summary>
public sealed class PosternNode : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly IStore store;

    internal PosternNode(WebApplication app, IStore store)
    {
        this.app = app;
        this.store = store;
    }

    public IServiceProvider Services => app.Services;

    /// <summary>Completes when the node was asked to stop (SIGTERM, Ctrl-C, a role that cannot go on) and has stopped.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellation) =>
        Microsoft.Extensions.Hosting.HostingAbstractionsHostExtensions.WaitForShutdownAsync(app, cancellation);

    /// <summary>Takes no more, lets what is under way end, closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        await store.DisposeAsync();
    }
}
