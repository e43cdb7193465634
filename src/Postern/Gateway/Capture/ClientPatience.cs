using Microsoft.AspNetCore.Http;

namespace Postern.Gateway.Capture;

/// <summary>
/// Lets a change run to its end when its client has gone: what the API does then must be announced all the same. Bounded, so
/// that a silent API does not hold the call for ever.
/// </summary>
internal sealed class ClientPatience : IDisposable
{
    private static readonly TimeSpan AfterDisconnect = TimeSpan.FromSeconds(60);

    private readonly HttpContext context;
    private readonly CancellationToken aborted;
    private readonly CancellationTokenSource bounded;
    private readonly CancellationTokenRegistration client;

    public ClientPatience(HttpContext context, TimeProvider clock)
    {
        this.context = context;
        aborted = context.RequestAborted;
        bounded = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        client = aborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).CancelAfter(AfterDisconnect), bounded);
        context.RequestAborted = bounded.Token;
    }

    public void Dispose()
    {
        context.RequestAborted = aborted;
        client.Dispose();
        bounded.Dispose();
    }
}
