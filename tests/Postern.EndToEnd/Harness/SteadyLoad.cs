using System.Collections.Concurrent;
using System.Net;

namespace Postern.EndToEnd.Harness;

/// <summary>
/// Calls one address from several sides until it is told to end: publishes, reads through the gateway, subscribes and ends the subscription. What is not answered
/// as it should be is kept, and never sent again.
/// </summary>
/// <remarks>A connection for each call: an <see cref="HttpClient"/> sends by itself again what failed on one that it had kept open.</remarks>
internal sealed class SteadyLoad(string url, string source) : IDisposable
{
    // Steady: as much as the callers can would take the processor from the nodes and the balancer.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly GatewayClient client = NewClient(url);
    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentDictionary<string, byte> acknowledged = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> failed = new();
    private int published;
    private int answered;

    public IReadOnlyCollection<string> Acknowledged => [.. acknowledged.Keys];

    public IReadOnlyCollection<string> Failed => failed;

    /// <summary>Calls that were answered as they should be.</summary>
    public int Answered => Volatile.Read(ref answered);

    public Task RunAsync() => Task.WhenAll(
        RepeatAsync(PublishAsync), RepeatAsync(PublishAsync), RepeatAsync(ReadAsync), RepeatAsync(ReadAsync), RepeatAsync(SubscribeAsync));

    public void End() => end.Cancel();

    public void Dispose()
    {
        client.Dispose();
        end.Dispose();
    }

    private static GatewayClient NewClient(string url)
    {
        var client = new GatewayClient(url);
        client.Http.DefaultRequestHeaders.ConnectionClose = true;
        return client;
    }

    private async Task RepeatAsync(Func<Task> call)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                await call();
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or Xunit.Sdk.XunitException)
            {
                failed.Enqueue(exception.Message);
            }

            await Task.Delay(Pause);
        }
    }

    private async Task PublishAsync()
    {
        var id = $"steady-{Interlocked.Increment(ref published)}";
        using var answer = await client.PublishAsync(source, id, "load.made", "{}");
        Assert.True(answer.StatusCode is HttpStatusCode.Accepted, $"Event {id} was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        acknowledged.TryAdd(id, 0);
        Interlocked.Increment(ref answered);
    }

    private async Task ReadAsync()
    {
        await client.CallAsync(HttpMethod.Get, "/customers", HttpStatusCode.OK);
        Interlocked.Increment(ref answered);
    }

    private async Task SubscribeAsync()
    {
        var subscribed = await client.SubscribeAsync("/others", "http://127.0.0.1:9/nobody");
        Interlocked.Increment(ref answered);
        await client.CallAsync(HttpMethod.Delete, subscribed.Path, HttpStatusCode.NoContent);
        Interlocked.Increment(ref answered);
    }
}
