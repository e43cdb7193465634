using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Postern.EndToEnd.Harness;

/// <summary>An upstream with what a proxy gets wrong first: endless bodies, WebSockets, server-sent events, trailers.</summary>
internal sealed class StreamUpstream : IAsyncDisposable
{
    private static readonly byte[] Block = [.. Enumerable.Range(0, 64 * 1024).Select(index => (byte)(index * 31))];

    private readonly WebApplication application;
    private readonly TaskCompletionSource everybody = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int waiting;

    private StreamUpstream(WebApplication application, string url)
    {
        this.application = application;
        Url = url;
    }

    public string Url { get; }

    /// <summary>What is written here goes out on <c>/sse</c>, one event each.</summary>
    public Channel<string> Events { get; } = Channel.CreateUnbounded<string>();

    /// <param name="authority">Where given, it speaks TLS, and with it HTTP/2.</param>
    public static async Task<StreamUpstream> StartAsync(TestAuthority? authority = null)
    {
        var url = $"{(authority is null ? "http" : "https")}://127.0.0.1:{FreePort.Next()}";
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().UseUrls(url).ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            if (authority is not null)
            {
                var chain = X509CertificateLoader.LoadPkcs12Collection(authority.Issue().Pfx, TestCertificate.Password);
                kestrel.ConfigureHttpsDefaults(https =>
                {
                    https.ServerCertificate = chain.Single(entry => entry.HasPrivateKey);
                    https.ServerCertificateChain = chain;
                });
            }
        });
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
        "/call" => CallAsync(context),
        "/together" => TogetherAsync(context),
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

    /// <summary>As gRPC does it: what is sent comes back as it arrives, and how it ended stands in the trailers.</summary>
    private static async Task CallAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["X-Seen"] = $"{context.Request.Protocol} te={context.Request.Headers.TE} proto={context.Request.Headers["X-Forwarded-Proto"]}";
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.FlushAsync(context.RequestAborted);
        var (bytes, buffer) = (0L, new byte[64 * 1024]);
        for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0; bytes += read)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }

        context.Response.AppendTrailer("grpc-status", "0");
        context.Response.AppendTrailer("x-bytes", $"{bytes}");
    }

    /// <summary>Answers nobody until as many are here as <c>of</c> says.</summary>
    private async Task TogetherAsync(HttpContext context)
    {
        if (Interlocked.Increment(ref waiting) == int.Parse(context.Request.Query["of"]!, System.Globalization.CultureInfo.InvariantCulture))
        {
            everybody.SetResult();
        }

        await everybody.Task.WaitAsync(context.RequestAborted);
        await context.Response.WriteAsync("together", context.RequestAborted);
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
