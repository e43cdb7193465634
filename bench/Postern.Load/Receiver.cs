using System.Diagnostics;
using System.Globalization;

namespace Postern.Load;

/// <summary>A bare Kestrel that counts what comes; the path's first segment says how it behaves.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long received;
    private long hanging;

    private Receiver(WebApplication app, IReadOnlyList<int> ports)
    {
        this.app = app;
        Ports = ports;
    }

    public int Port => Ports[0];

    /// <summary>Each of them is an endpoint of its own to the gateway.</summary>
    public IReadOnlyList<int> Ports { get; }

    public long Received => Interlocked.Read(ref received);

    public long Hanging => Interlocked.Read(ref hanging);

    /// <summary>Called with the request and the time stamp at which it was seen.</summary>
    public Action<HttpRequest, long>? Seen { get; set; }

    public static Task<Receiver> StartAsync(int port) => StartAsync([port]);

    public static async Task<Receiver> StartAsync(IReadOnlyList<int> ports)
    {
        var app = Servers.Bare(ports);
        var receiver = new Receiver(app, ports);
        app.Run(receiver.HandleAsync);
        await app.StartAsync();
        return receiver;
    }

    public async Task WaitForAsync(long count, TimeSpan limit)
    {
        var watch = Stopwatch.StartNew();
        while (Received < count)
        {
            if (watch.Elapsed > limit)
            {
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"{Received} of {count} callbacks after {limit}."));
            }

            await Task.Delay(1);
        }
    }

    public void Reset() => Interlocked.Exchange(ref received, 0);

    public async ValueTask DisposeAsync()
    {
        release.TrySetResult();
        await app.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(1)).Token);
        await app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        Seen?.Invoke(context.Request, Stopwatch.GetTimestamp());
        if (path.StartsWith("/hang", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref hanging);
            await Task.WhenAny(release.Task, Task.Delay(Timeout.Infinite, context.RequestAborted));
            return;
        }

        if (path.StartsWith("/slow", StringComparison.Ordinal))
        {
            await Task.WhenAny(release.Task, Task.Delay(TimeSpan.FromSeconds(30), context.RequestAborted));
        }

        await context.Request.BodyReader.CopyToAsync(Stream.Null, context.RequestAborted);
        context.Response.StatusCode = 204;
        Interlocked.Increment(ref received);
    }
}
