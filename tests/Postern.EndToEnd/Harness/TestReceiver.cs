using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Postern.Samples.Receiver;

namespace Postern.EndToEnd.Harness;

/// <summary>A receiver in this process, on as many ports as wanted: each port is an endpoint of its own to the gateway.</summary>
internal sealed class TestReceiver : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> secrets = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<ReceivedCall> calls = new();
    private readonly ConcurrentDictionary<string, int> hanging = new(StringComparer.Ordinal);
    private int count;

    private TestReceiver(WebApplication application, IReadOnlyList<string> urls)
    {
        this.application = application;
        Urls = urls;
    }

    public IReadOnlyList<string> Urls { get; }

    public string Url => Urls[0];

    /// <summary>Callbacks that have been answered.</summary>
    public int Count => Volatile.Read(ref count);

    public IReadOnlyCollection<ReceivedCall> Calls => calls;

    /// <summary>What is answered to a callback at a path; 204 by default.</summary>
    public Func<string, int> Answer { get; set; } = _ => StatusCodes.Status204NoContent;

    /// <summary>Each connection is for one callback: the next one has to find the address again.</summary>
    public bool Closes { get; set; }

    /// <summary>The clock that signatures are judged by.</summary>
    public Func<DateTimeOffset> Clock { get; set; } = () => DateTimeOffset.UtcNow;

    /// <summary>How long an answer takes.</summary>
    public TimeSpan Delay { get; set; }

    public static async Task<TestReceiver> StartAsync(int endpoints = 1)
    {
        var urls = Enumerable.Range(0, endpoints).Select(_ => $"http://127.0.0.1:{FreePort.Next()}").ToArray();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(urls);
        var receiver = new TestReceiver(builder.Build(), urls);
        receiver.application.Run(receiver.ReceiveAsync);
        await receiver.application.StartAsync();
        return receiver;
    }

    /// <summary>The secrets that callbacks to a path may be signed with.</summary>
    public void Trust(string path, params IReadOnlyList<string> secret) => secrets[path] = secret;

    public IReadOnlyList<ReceivedCall> At(string path) => [.. calls.Where(call => call.Path == path)];

    /// <summary>Calls to <c>/hang</c> that wait for an answer which never comes.</summary>
    public int Hanging => hanging.GetValueOrDefault("/hang");

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer);
        if (path == "/hang")
        {
            await HangAsync(path, context.RequestAborted);
            return;
        }

        var body = buffer.ToArray();
        var headers = context.Request.Headers;
        var now = Clock();
        IReadOnlyList<string> trusted = secrets.GetValueOrDefault(path) ?? [];
        var status = Answer(path);
        var call = new ReceivedCall
        {
            Path = path,
            EventId = headers["ce-id"].ToString(),
            EventType = headers["ce-type"].ToString(),
            WebhookId = headers["webhook-id"].ToString(),
            Body = body,
            Status = status,
            At = now,
            Timestamp = headers["webhook-timestamp"].ToString(),
            VerifiedBy = [.. trusted.Where(secret => StandardWebhook.FaultOf(
                secret, headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"], body, now) is null)],
        };
        if (Delay > TimeSpan.Zero)
        {
            await Task.Delay(Delay);
        }

        if (Closes)
        {
            context.Response.Headers.Connection = "close";
        }

        calls.Enqueue(call);
        Interlocked.Increment(ref count);
        context.Response.StatusCode = status;
    }

    private async Task HangAsync(string path, CancellationToken aborted)
    {
        hanging.AddOrUpdate(path, 1, (_, open) => open + 1);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, aborted);
        }
        catch (OperationCanceledException)
        {
            // The gateway has given up on this attempt.
            hanging.AddOrUpdate(path, 0, (_, open) => open - 1);
        }
    }
}

internal sealed record ReceivedCall
{
    public required string Path { get; init; }
    public required string EventId { get; init; }
    public required string EventType { get; init; }
    public required string WebhookId { get; init; }
    public required byte[] Body { get; init; }
    public required int Status { get; init; }

    /// <summary>When it came, by this machine's clock.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The <c>webhook-timestamp</c>: when it was sent, by the gateway's.</summary>
    public string Timestamp { get; init; } = "";

    /// <summary>Those of the path's secrets that the callback is signed with.</summary>
    public required IReadOnlyList<string> VerifiedBy { get; init; }

    public bool Verified => VerifiedBy.Count > 0;
}
