using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Postern.EndToEnd.Harness;

/// <summary>An upstream with what a proxy gets wrong first: endless bodies, WebSockets, server-sent events.</summary>
internal sealed class StreamUpstream : IAsyncDisposable
{
    private static readonly byte[] Block = [.. Enumerable.Range(0, 64 * 1024).Select(index => (byte)(index * 31))];

    private readonly WebApplication application;

    private StreamUpstream(WebApplication application, string url)
    {
        this.application = application;
        Url = url;
    }

    public string Url { get; }

    /// <summary>What is written here goes out on <c>/sse</c>, one event each.</summary>
    public Channel<string> Events { get; } = Channel.CreateUnbounded<string>();

    public static async Task<StreamUpstream> StartAsync()
    {
        var url = $"http://127.0.0.1:{FreePort.Next()}";
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url).ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var upstream = new StreamUpstream(builder.Build(), url);
        upstream.application.UseWebSockets();
        upstream.application.Run(upstream.ServeAsync);
        await upstream.application.StartAsync();
        return upstream;
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private Task ServeAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/download" => DownloadAsync(context),
        "/upload" => UploadAsync(context),
        "/echo" => EchoAsync(context),
        "/sse" => SendEventsAsync(context),
        _ => NotFoundAsync(context),
    };

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static async Task DownloadAsync(HttpContext context)
    {
        var left = long.Parse(context.Request.Query["bytes"]!, System.Globalization.CultureInfo.InvariantCulture);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = left;
        for (; left > 0; left -= Block.Length)
        {
            await context.Response.Body.WriteAsync(Block.AsMemory(0, (int)Math.Min(left, Block.Length)), context.RequestAborted);
        }
    }

    private static async Task UploadAsync(HttpContext context)
    {
        var (bytes, buffer) = (0L, new byte[64 * 1024]);
        for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0; bytes += read)
        {
        }

        await context.Response.WriteAsJsonAsync(new { bytes });
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } part)
        {
            await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }

    private async Task SendEventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await foreach (var data in Events.Reader.ReadAllAsync(context.RequestAborted))
        {
            await context.Response.WriteAsync($"data: {data}\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
