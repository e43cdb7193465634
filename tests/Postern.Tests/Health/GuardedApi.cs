using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;

namespace Postern.Tests.Health;

/// <summary>An API that says who may read what, and beside it a receiver that takes every callback, on a port each.</summary>
internal sealed class GuardedApi : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly int port;
    private readonly ConcurrentQueue<string> asked = new();
    private readonly ConcurrentQueue<string> received = new();

    private GuardedApi(WebApplication application, int port, string hook) => (this.application, this.port, Hook) = (application, port, hook);

    public string Hook { get; }

    /// <summary>What was asked: <c>HEAD /orders/42 acme</c>.</summary>
    public IReadOnlyCollection<string> Asked => asked;

    /// <summary>Sources and subjects of the callbacks that came, in their order: <c>/orders/42</c>.</summary>
    public IReadOnlyCollection<string> Received => received;

    /// <summary>Ids of the events that came, in their order.</summary>
    public ConcurrentQueue<string> Ids { get; } = new();

    /// <summary>The status for a path.</summary>
    public Func<string, Task<int>> Answer { get; set; } = _ => Task.FromResult(200);

    public static async Task<GuardedApi> StartAsync()
    {
        var (port, hook) = (FreePort.Next(), FreePort.Next());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}", $"http://127.0.0.1:{hook}");
        var api = new GuardedApi(builder.Build(), port, $"http://127.0.0.1:{hook}/hooks");
        api.application.Run(api.HandleAsync);
        await api.application.StartAsync(TestContext.Current.CancellationToken);
        return api;
    }

    public ApiConfiguration Configure(string path = "/", ReadCheckConfiguration? check = null) => new()
    {
        Upstream = [$"http://127.0.0.1:{port}"], Path = path, ReadCheck = check,
    };

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (context.Connection.LocalPort != port)
        {
            received.Enqueue($"{request.Headers["ce-source"]}/{request.Headers["ce-subject"]}");
            Ids.Enqueue(request.Headers["webhook-id"].ToString());
            context.Response.StatusCode = 204;
            return;
        }

        asked.Enqueue($"{request.Method} {request.Path} {request.Headers["X-Consumer-Name"]}");
        context.Response.StatusCode = await Answer(request.Path.Value!);
    }
}
